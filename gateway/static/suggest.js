// Completions under the search box (ARIA combobox pattern). Without this script the box is a plain form.
const box = document.querySelector("input[data-suggest]");
if (box) {
  const list = document.createElement("ul");
  let items = [];
  let active = -1;
  let asked = 0;

  Object.assign(list, { id: "q-list", className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.labels[0].textContent);
  box.closest(".search-row").after(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) box.setAttribute(name, value);

  const close = () => { asked += 1; list.hidden = true; active = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const choose = (item) => { location.href = item.url; };

  const show = () => {
    list.replaceChildren(...items.map((item, n) => {
      const row = document.createElement("li");
      row.id = `q-item-${n}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(n === active));
      row.textContent = item.title;
      row.addEventListener("mousedown", (event) => { event.preventDefault(); choose(item); });
      return row;
    }));
    list.hidden = items.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    if (active >= 0) box.setAttribute("aria-activedescendant", `q-item-${active}`);
    else box.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    const turn = ++asked;
    const q = box.value.trim();
    if (q.length < 2) { items = []; close(); return; }
    const reply = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q, lang: box.dataset.language })}`).catch(() => null);
    if (turn !== asked || !reply?.ok || document.activeElement !== box) return;
    items = (await reply.json()).items;
    active = -1;
    show();
  };

  let timer;
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") { event.preventDefault(); close(); return; } // what was typed stays
    if (!["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    if (event.key === "Enter") {
      if (active >= 0) { event.preventDefault(); choose(items[active]); }
      return;
    }
    event.preventDefault();
    active = (active + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
    show();
  });
}
