// A button that copies the citation of a program. Without it the text is selected with one click.
const citation = document.getElementById("citation");
if (citation && navigator.clipboard) {
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "button-quiet";
  button.textContent = citation.dataset.copy;
  said.className = "hidden";
  said.setAttribute("role", "status");
  citation.after(button, said);
  button.addEventListener("click", async () => {
    const text = citation.textContent.replace(/\s+/g, " ").trim();
    const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
    if (!done) { getSelection().selectAllChildren(citation); return; } // not allowed: ready for the keyboard
    button.textContent = said.textContent = citation.dataset.copied;
    setTimeout(() => { button.textContent = citation.dataset.copy; said.textContent = ""; }, 3000);
  });
}
