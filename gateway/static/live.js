// Filters, order and pages change the results in place. Without this script they are a plain form and links.
const live = document.getElementById("live");
if (live) {
  let turn = 0;

  const nameOf = (node) => { // how the focus is found again in the new results
    if (node?.matches?.("input")) return `input[name="${CSS.escape(node.name)}"][value="${CSS.escape(node.value)}"]`;
    if (node?.matches?.(".filters button")) return ".filters button";
    return null;
  };
  const opened = () => [...live.querySelectorAll("details[open]")].map((one) => one.closest("fieldset").querySelector("input").name);

  const show = (page) => {
    const fresh = page.getElementById("live");
    if (!fresh) return false;
    const status = live.querySelector("[role=status]"); // the node stays, so that its new words are announced
    const news = fresh.querySelector("[role=status]");
    const focused = nameOf(document.activeElement);
    const unfolded = opened();
    status.replaceChildren(...news.childNodes);
    news.replaceWith(status);
    live.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    const switched = page.querySelector(".menu a[hreflang]");
    if (switched) document.querySelector(".menu a[hreflang]").replaceWith(switched);
    for (const name of unfolded) {
      const details = live.querySelector(`input[name="${CSS.escape(name)}"]`)?.closest("fieldset").querySelector("details");
      if (details) details.open = true;
    }
    const target = focused && live.querySelector(focused);
    const folded = target?.closest("details");
    if (folded) folded.open = true;
    if (target) target.focus({ preventScroll: true });
    return Boolean(target);
  };

  const go = async (address, { keep = true, top = false } = {}) => {
    const mine = ++turn;
    live.classList.add("live-busy");
    const reply = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
    if (mine !== turn) return;
    live.classList.remove("live-busy");
    if (!reply?.ok) { location.href = address; return; } // the page itself says what is wrong
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (mine !== turn) return;
    if (keep) history.pushState(null, "", address);
    const kept = show(page);
    if (!kept && keep) { // what had the focus is gone: go on from the results
      const status = live.querySelector("[role=status]");
      status.tabIndex = -1;
      status.focus({ preventScroll: !top });
    }
    if (top) live.scrollIntoView();
  };

  live.addEventListener("change", (event) => {
    const form = event.target.closest(".filters");
    if (form) go(addressOf(form));
  });
  live.addEventListener("submit", (event) => {
    if (!event.target.matches(".filters")) return;
    event.preventDefault();
    go(addressOf(event.target));
  });
  live.addEventListener("click", (event) => {
    const link = event.target.closest(".chips a, .sorts a, .pages a, .suggestion a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.href, { top: Boolean(link.closest(".pages")) });
  });
  window.addEventListener("popstate", () => go(location.href, { keep: false }));

  const addressOf = (form) => {
    const query = new URLSearchParams(new FormData(form)).toString();
    return form.action + (query ? `?${query}` : "");
  };
}
