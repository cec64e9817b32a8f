// Buttons that only scripts can offer, behind a text to take along: copy it, print the page. Without them the text
// is selected with one click, and browsers print by themselves.
for (const source of document.querySelectorAll("[data-copy]")) {
  const row = document.createElement("div");
  const said = document.createElement("span");
  row.className = "buttons";
  said.className = "hidden";
  said.setAttribute("role", "status");

  const offer = (label, act) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button-quiet", textContent: label });
    button.addEventListener("click", () => act(button));
    row.append(button);
  };

  const copy = async (button) => {
    const text = source.textContent.replace(/\s+/g, " ").trim();
    const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
    if (!done) { source.classList.add("by-hand"); getSelection().selectAllChildren(source); return; } // not allowed: ready for the keyboard
    button.textContent = said.textContent = source.dataset.copied;
    setTimeout(() => { button.textContent = source.dataset.copy; said.textContent = ""; }, 3000);
  };

  if (navigator.clipboard) offer(source.dataset.copy, copy);
  offer(source.dataset.print, () => print());
  row.append(said);
  source.after(row);
}
