// What the pages of the back office share. Everything works without it; it saves clicks and typing.

// Sends fields to an address of this site. The answer's `ended` tells that nobody is signed in any more.
export const post = async (address, fields, options = {}) => {
  const reply = await fetch(address, { method: "POST", body: fields, redirect: "manual", headers: { Accept: "application/json, text/html;q=0.1" }, ...options });
  reply.ended = reply.type === "opaqueredirect" || reply.status === 403;
  return reply;
};

// Gives the forms of this page the token of whoever is signed in now; false if nobody is.
export const renewToken = async (admin) => {
  const reply = await fetch(`${admin}/token`, { redirect: "manual" });
  if (!reply.ok) return false;
  const { token } = await reply.json();
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
  return true;
};

// One box in the head of a list ticks all of the page.
const head = document.querySelector("th[data-all]");
if (head) {
  const boxes = [...document.querySelectorAll("td.tick input")];
  const all = Object.assign(document.createElement("input"), { type: "checkbox" });
  all.setAttribute("aria-label", head.dataset.all);
  head.replaceChildren(all);
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  for (const box of boxes) box.addEventListener("change", show);
  window.addEventListener("pageshow", show);
}
