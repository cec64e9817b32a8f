// Puts the search of this site into a page of a partner: <script src="…/embed/search.js" data-language="fr"></script>
// Optional: data-theme (a need, as hiring), data-scheme (auto, light, dark), data-height (pixels), data-title.
(() => {
  const script = document.currentScript;
  const { language = "fr", theme, scheme, height, title } = script.dataset;
  const spoken = language === "en" ? "en" : "fr";
  const address = new URL(`/embed/${spoken}/search`, script.src);
  if (theme) address.searchParams.set("theme", theme);
  if (scheme) address.searchParams.set("scheme", scheme);
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title || (spoken === "en" ? "Search programs for employers – Emploi NEXUS" : "Chercher des programmes pour employeurs – Emploi NEXUS");
  frame.width = "100%";
  frame.height = String(Math.max(240, Number.parseInt(height, 10) || 600));
  frame.style.border = "0";
  frame.loading = "lazy";
  frame.referrerPolicy = "origin";
  script.replaceWith(frame);
})();
