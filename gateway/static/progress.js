// Tells how far something is without loading the page anew. Without this script the page does so by itself.
const progress = document.getElementById("progress");

const look = async () => {
  const reply = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const page = reply?.ok ? new DOMParser().parseFromString(await reply.text(), "text/html") : null;
  const fresh = page?.getElementById("progress");
  if (fresh && !("working" in fresh.dataset)) { location.reload(); return; }
  if (fresh) { // the nodes stay, so that new words are announced
    const status = fresh.querySelector("[role=status]");
    if (status) progress.querySelector("[role=status]").textContent = status.textContent.trim();
    const bar = fresh.querySelector("progress");
    if (bar?.hasAttribute("value")) Object.assign(progress.querySelector("progress"), { max: bar.max, value: bar.value });
  }
  setTimeout(look, 1000);
};
if (progress) setTimeout(look, 1000);
