// Colours are checked while one types, and may be picked. Without this script they are checked when the form is sent.
const group = document.querySelector("[data-checks]");
if (group) {
  const texts = [...group.querySelectorAll("input.colour")];
  let timer = 0;
  let turn = 0;

  const check = async () => {
    const mine = ++turn;
    const query = new URLSearchParams(texts.map((one) => [one.name.split(".")[1], one.value]));
    const reply = await fetch(`${group.dataset.checks}?${query}`, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!reply?.ok || mine !== turn) return;
    const part = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("checks");
    if (part) document.getElementById("checks").replaceChildren(...part.childNodes); // the node stays: it is announced
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(check, 250);
  };

  for (const text of texts) {
    const picker = document.createElement("input");
    picker.type = "color";
    picker.className = "picker";
    picker.setAttribute("aria-label", group.ownerDocument.querySelector(`label[for="${CSS.escape(text.id)}"]`).textContent);
    const follow = () => {
      if (/^#[0-9a-f]{6}$/i.test(text.value)) picker.value = text.value.toLowerCase();
    };
    follow();
    text.addEventListener("input", () => { follow(); later(); });
    picker.addEventListener("input", () => { text.value = picker.value; later(); });
    text.after(picker);
  }
}
