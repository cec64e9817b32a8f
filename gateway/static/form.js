// The form of a publication: keeps what is typed, shows Markdown as the site will, tries criteria on companies.
import { post, renewToken } from "./admin.js";

const form = document.querySelector("form.item");
const { admin, section } = form.dataset;
const status = document.getElementById("kept");
const work = form.elements.work;
const QUIET = 1200; // milliseconds without typing before it is kept
const PATIENCE = 8000; // milliseconds before it is tried again
const SURE = 120_000; // milliseconds for which a session that was good is taken to be so
const SMALL = 60_000; // characters that a browser sends while it leaves the page

const say = (text) => { if (status.textContent !== text) status.textContent = text; }; // what is said again is read out again

// --- What is typed is kept ------------------------------------------------------------------------------------
const fields = () => {
  const typed = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "do") typed.append(name, value);
  return typed;
};
const told = () => { const typed = fields(); typed.delete("csrf"); typed.delete("work"); typed.delete("language"); return typed.toString(); };

let kept = form.hasAttribute("data-begun") ? null : told();
let timer;
let busy = false;
let over = false; // saved, or not to be kept any more
let seen = performance.now(); // when the session was last known to be good

const keep = async (leaving = false) => {
  clearTimeout(timer);
  const now = told();
  if (over || now === kept || (busy && !leaving)) return;
  busy = true;
  work.disabled = false;
  const typed = fields();
  const small = typed.toString().length < SMALL;
  const reply = await post(`${section}/work`, typed, { keepalive: leaving && small }).catch(() => null);
  busy = false;
  if (over) return;
  if (reply?.ok) {
    kept = now;
    seen = performance.now();
    say((await reply.json()).status);
    if (told() !== kept) later();
  } else if (reply?.ended) {
    seen = -Infinity;
    if (await renewToken(admin).catch(() => false)) later(0);
    else { say(form.dataset.ended); later(PATIENCE); }
  } else if (reply?.status === 409) {
    over = true;
    say(form.dataset.finished);
  } else if (reply && reply.status < 500) {
    say(form.dataset.refused);
  } else {
    say(form.dataset.lost);
    later(PATIENCE);
  }
};
const later = (wait = QUIET) => { clearTimeout(timer); timer = setTimeout(keep, wait); };

form.addEventListener("input", () => later());
form.addEventListener("change", () => later());
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(true); });
window.addEventListener("pagehide", () => keep(true));
window.addEventListener("pageshow", (event) => { if (event.persisted && over) location.reload(); });
if (kept === null) later(0);

// --- Nobody loses a form because a session has ended --------------------------------------------------------
let checked = false;
form.addEventListener("submit", async (event) => {
  const { submitter } = event;
  if (checked || performance.now() - seen < SURE) { checked = false; over ||= !submitter?.hasAttribute("formtarget"); return; }
  event.preventDefault();
  const signedIn = await renewToken(admin).catch(() => true); // without a connection the browser says so itself
  if (!signedIn) { say(form.dataset.ended); status.focus(); return; }
  checked = true;
  form.requestSubmit(submitter);
});

// --- Markdown as the site will show it ------------------------------------------------------------------------
for (const area of form.querySelectorAll("textarea[data-markdown]")) {
  const box = document.createElement("div");
  const title = Object.assign(document.createElement("p"), { className: "small preview-title", textContent: form.dataset.preview });
  const shown = Object.assign(document.createElement("div"), { className: "prose", lang: area.lang, tabIndex: 0 });
  shown.setAttribute("role", "group");
  shown.setAttribute("aria-label", `${form.dataset.preview} – ${area.closest("fieldset").querySelector("legend").textContent.trim()} (${area.lang})`);
  box.className = "preview";
  box.append(title, shown);
  area.closest(".side").append(box);
  let turn = 0;
  let waiting;
  const show = async () => {
    const mine = ++turn;
    box.hidden = !area.value.trim();
    if (box.hidden) { shown.replaceChildren(); return; }
    const typed = new URLSearchParams({ csrf: form.elements.csrf.value, text: area.value, top: area.dataset.markdown });
    const reply = await post(`${admin}/markdown`, typed).catch(() => null);
    if (mine !== turn || !reply?.ok) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    shown.replaceChildren(...page.body.childNodes);
  };
  area.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 250); });
  if (area.closest("details:not([open])")) area.closest("details").addEventListener("toggle", show, { once: true });
  else show();
  box.hidden = !area.value.trim();
}

// --- Who would see this as fitting? ---------------------------------------------------------------------------
const trying = document.getElementById("fitting");
if (trying) {
  const result = document.getElementById("tried");
  let turn = 0;
  let waiting;
  const attempt = async () => {
    const mine = ++turn;
    const reply = await post(`${section}/fitting`, fields()).catch(() => null);
    if (mine !== turn || !reply?.ok) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    result.replaceChildren(...page.body.childNodes);
  };
  trying.querySelector("button").hidden = true; // it is tried at once
  trying.addEventListener("toggle", () => { if (trying.open) attempt(); });
  document.getElementById("eligibility").addEventListener("input", () => {
    clearTimeout(waiting);
    if (trying.open) waiting = setTimeout(attempt, 300);
  });
  if (trying.open) attempt();
}
