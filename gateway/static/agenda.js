// Drags a meeting of the agenda to another time. What is dropped is asked about first, since the company is told by
// mail; the page "Choose another time" does the same without a mouse.
const dialog = document.getElementById("move-dialog");
if (dialog && dialog.showModal) {
  const form = dialog.querySelector("form");
  let dragged = null;

  for (const block of document.querySelectorAll("[data-move]")) {
    block.draggable = true;
    block.classList.add("can-move");
    block.closest(".agenda-table").classList.add("can-move-any");
    block.addEventListener("dragstart", (event) => {
      dragged = block;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", block.dataset.name);
    });
    block.addEventListener("dragend", () => { dragged = null; });
  }

  for (const cell of document.querySelectorAll("td[data-start]")) {
    const over = (on) => cell.classList.toggle("drop-over", on);
    cell.addEventListener("dragover", (event) => { if (dragged) { event.preventDefault(); over(true); } });
    cell.addEventListener("dragleave", () => over(false));
    cell.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      if (!dragged || cell.contains(dragged)) return;
      form.action = dragged.dataset.move;
      form.elements.start.value = cell.dataset.start;
      dialog.querySelector("[data-who]").textContent = dragged.dataset.name;
      dialog.querySelector("[data-when]").textContent = cell.dataset.label;
      dialog.showModal();
    });
  }
  dialog.querySelector("[data-leave]").addEventListener("click", () => dialog.close());
}
