// Files are dropped or chosen, and sent one by one, with progress. Without this script they are a plain form.
import { renewToken } from "./admin.js";

const form = document.getElementById("drop");
const list = document.getElementById("uploaded");
const status = document.getElementById("drop-status");
const chosen = document.getElementById("many");
const words = form.dataset;

const row = (name) => {
  const line = Object.assign(document.createElement("li"), { className: "file" });
  const title = Object.assign(document.createElement("h3"), { className: "file-name", textContent: name });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  const told = Object.assign(document.createElement("p"), { className: "small", textContent: words.sending });
  bar.setAttribute("aria-label", name);
  line.append(title, bar, told);
  list.append(line);
  return { line, bar, told };
};

const refuse = ({ line, bar, told }, reason) => {
  line.classList.add("refused");
  bar.remove();
  Object.assign(told, { className: "fault", textContent: reason });
};

const send = (file, { line, bar, told }) => new Promise((done) => {
  const request = new XMLHttpRequest(); // fetch tells nothing of what has been sent so far
  const sent = new FormData(form);
  sent.set("files", file, file.name);
  sent.set("part", "rows");
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.upload.addEventListener("progress", (event) => { bar.value = event.loaded / event.total; });
  request.upload.addEventListener("load", () => { told.textContent = words.reading; bar.removeAttribute("value"); });
  request.addEventListener("loadend", () => {
    const rows = new DOMParser().parseFromString(request.responseText, "text/html").querySelectorAll("body > li");
    if (request.status === 200 && rows.length) line.replaceWith(...rows);
    else refuse({ line, bar, told }, words.failed);
    done();
  });
  request.send(sent);
});

const turns = [];
let under = false;
const take = async (files) => {
  for (const file of files) turns.push({ file, shown: row(file.name) });
  if (under) return;
  under = true;
  status.textContent = words.sending;
  await renewToken(location.pathname.split("/").slice(0, 3).join("/")).catch(() => false);
  while (turns.length) {
    const { file, shown } = turns.shift();
    if (file.size > Number(words.largest)) refuse(shown, words.tooLarge);
    else await send(file, shown);
  }
  status.textContent = words.done;
  under = false;
};

form.classList.add("drop-live");
form.querySelector("label[for=many]").textContent = words.drop;
form.querySelector("button").hidden = true; // what is chosen is sent at once
chosen.addEventListener("change", () => { take([...chosen.files]); chosen.value = ""; });
form.addEventListener("submit", (event) => { event.preventDefault(); take([...chosen.files]); });
for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("drop-over"); });
for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("drop-over"));
form.addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault()); // a file beside the zone opens no page
