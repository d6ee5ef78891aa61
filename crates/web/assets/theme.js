// Before the page is drawn: light or dark as the browser prefers, unless the person chose.
(function () {
  const root = document.documentElement;
  if (!root.hasAttribute("data-bs-theme") && matchMedia("(prefers-color-scheme: dark)").matches) {
    root.setAttribute("data-bs-theme", "dark");
  }
})();
