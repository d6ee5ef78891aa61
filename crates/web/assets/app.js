// What pages do beyond HTML: keys, notices, dialogs, the clock of a call, choosing rows, plots.
(function () {
  "use strict";
  const one = (selector, from) => (from || document).querySelector(selector);
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  // Notices
  function tell(title, hint, good) {
    const notice = make("div", good ? "notice good" : "notice");
    notice.append(make("strong", "", title));
    if (hint) notice.append(make("p", "", hint));
    one("#notices").append(notice);
    setTimeout(() => notice.remove(), good ? 4000 : 12000);
  }

  // What went wrong stands beside its field; the form keeps everything that was typed.
  function clearProblems(form) {
    all(".field-problem", form).forEach((e) => e.remove());
    all(".is-invalid", form).forEach((e) => { e.classList.remove("is-invalid"); e.removeAttribute("aria-invalid"); });
  }
  function showFailure(form, told) {
    if (form) clearProblems(form);
    let shown = 0;
    (told.fields || []).forEach((problem) => {
      const input = form && one('[name="' + CSS.escape(problem.field) + '"]', form);
      if (!input || input.type === "hidden") { tell(told.title, problem.message); shown += 1; return; }
      input.classList.add("is-invalid");
      input.setAttribute("aria-invalid", "true");
      const text = make("div", "field-problem", problem.message);
      (input.closest("label") || input).after(text);
      if (!shown) input.focus();
      shown += 1;
    });
    if (!shown) tell(told.title, told.hint);
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    const xhr = event.detail.xhr;
    if (xhr.status < 400) return;
    event.detail.shouldSwap = false;
    let told = null;
    try { told = JSON.parse(xhr.responseText); } catch { told = { title: document.documentElement.lang === "en" ? "The server did not answer as expected." : "服务器没有正常答复。", hint: "" }; }
    if (xhr.status !== 401) showFailure(event.detail.elt && event.detail.elt.closest("form"), told);
  });
  document.addEventListener("htmx:sendError", () => {
    tell(document.documentElement.lang === "en" ? "No connection. What you typed is still here; try again." : "连接中断。您填写的内容还在，请稍后再试。");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.closest && event.detail.elt.closest("form");
    if (form) clearProblems(form);
  });

  // Keys: an element with data-key is clicked (or focused) by its key.
  const typing = (element) => element && (element.matches("input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit]), textarea, select") || element.isContentEditable);
  function keyed(key) {
    const dialog = one("dialog[open]");
    return all('[data-key="' + CSS.escape(key) + '"]', dialog || document).find((e) => !e.disabled && (e.offsetParent !== null || e.hasAttribute("data-help") || e.type === "radio"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
      if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && typing(event.target)) {
        const target = keyed("Enter");
        if (target) { event.preventDefault(); target.click(); }
      }
      return;
    }
    const functionKey = /^F([1-9]|1[0-2])$/.test(event.key);
    if (event.key === "Escape" && typing(event.target) && !one("dialog[open]")) { event.target.blur(); return; }
    if (typing(event.target) && !functionKey) return;
    if (event.key === "Enter" && event.target.matches("a, button, summary, [role=button]")) return;
    if (["j", "k", "ArrowDown", "ArrowUp"].includes(event.key) && !event.target.matches("[type=radio]")) {
      if (moveRow(event.key === "j" || event.key === "ArrowDown" ? 1 : -1)) { event.preventDefault(); return; }
    }
    if (event.key === "x") { const row = one('.list tr[aria-current="true"]'); const box = row && one("input[type=checkbox]", row); if (box) { box.click(); return; } }
    if (event.key === "Enter") {
      const row = one('.list tr[aria-current="true"]');
      const link = row && one("a[href]", row);
      if (link) { event.preventDefault(); link.click(); return; }
    }
    const target = keyed(event.key);
    if (!target) return;
    event.preventDefault();
    if (target.hasAttribute("data-key-focus")) target.focus(); else target.click();
  });
  function moveRow(by) {
    const rows = all("table.list[data-walk] tbody tr");
    if (!rows.length) return false;
    const at = rows.findIndex((r) => r.getAttribute("aria-current") === "true");
    const next = Math.min(rows.length - 1, Math.max(0, at + by));
    rows.forEach((r) => r.removeAttribute("aria-current"));
    rows[next].setAttribute("aria-current", "true");
    rows[next].scrollIntoView({ block: "nearest" });
    return true;
  }

  // Suggestions: arrows go from the field to them and back, Escape takes them away.
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest && event.target.closest("form.search");
    const list = box && one("[data-suggestions]", box);
    if (!list || event.isComposing) return;
    const links = all("a", list);
    const at = links.indexOf(event.target);
    if (event.key === "Escape") { list.replaceChildren(); one("input[type=search]", box).focus(); event.stopPropagation(); return; }
    if (!links.length || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault(); event.stopPropagation();
    const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) next.focus(); else if (at === 0) one("input[type=search]", box).focus();
  }, true);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("form.search")) all("[data-suggestions]").forEach((e) => e.replaceChildren());
  });

  // The list of keys, made from the keys that the page has.
  function showHelp() {
    const dialog = one("#help");
    dialog.replaceChildren(make("h2", "", dialog.dataset.title));
    const list = make("dl", "facts");
    const seen = new Set();
    all("[data-key]").forEach((e) => {
      const key = e.dataset.key;
      if (seen.has(key)) return;
      seen.add(key);
      const label = e.getAttribute("aria-label") || e.dataset.label || (e.closest("label") || e).textContent.replace(/\s+/g, " ").trim();
      const term = make("dt"); term.append(make("kbd", "", key));
      list.append(term, make("dd", "", label.replace(key, "").slice(0, 60)));
    });
    const close = make("button", "btn", dialog.dataset.close);
    close.addEventListener("click", () => dialog.close());
    const foot = make("div", "actions"); foot.append(close);
    dialog.append(list, foot);
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-toggle-side], [data-help], [data-open], [data-close-dialog], [data-pick-all], [data-copy], [data-print]");
    if (!target) { const side = one("#side.open"); if (side && !event.target.closest("#side")) side.classList.remove("open"); return; }
    if (target.matches("[data-toggle-side]")) one("#side").classList.toggle("open");
    if (target.matches("[data-help]")) showHelp();
    if (target.matches("[data-print]")) window.print();
    if (target.matches("[data-open]")) {
      const dialog = document.getElementById(target.dataset.open);
      if (target.dataset.fill) { const [name, value] = target.dataset.fill.split("="); const field = one('[name="' + name + '"]', dialog); if (field) field.value = value; }
      // What a dialog answered last time is not what it is asked now.
      all("[data-answer]", dialog).forEach((e) => e.replaceChildren());
      dialog.showModal();
      const first = one("[autofocus]", dialog) || one("input:not([type=hidden]), textarea, select", dialog);
      if (first) first.focus();
    }
    if (target.matches("[data-close-dialog]")) target.closest("dialog").close();
    if (target.matches("[data-copy]")) navigator.clipboard.writeText(target.dataset.copy);
    if (target.matches("[data-pick-all]")) { all("input[name=id]", target.closest("form, main")).forEach((b) => { b.checked = target.checked; }); countPicked(); }
  });
  // Values are put where the person last wrote.
  let written = null;
  document.addEventListener("focusin", (event) => { if (event.target.matches("textarea")) written = event.target; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const form = button.closest("form");
    const field = written && form && form.contains(written) ? written : form && one("textarea", form);
    if (!field) return;
    field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  function countPicked() {
    const picked = all("input[name=id]:checked").length;
    all("[data-picked]").forEach((e) => { e.textContent = picked; });
    all("[data-needs-picked]").forEach((e) => { e.hidden = picked === 0; });
    all("input[name=id]").forEach((b) => b.closest("tr") && b.closest("tr").classList.toggle("picked", b.checked));
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[name=id]")) countPicked();
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // The clock of a call
  function tick() {
    all("[data-clock-seconds]").forEach((e) => {
      // The server says how long the call has lasted; from then on this clock goes by itself.
      if (!e.dataset.begun) e.dataset.begun = String(Date.now() - Number(e.dataset.clockSeconds) * 1000);
      const seconds = Math.max(0, Math.floor((Date.now() - Number(e.dataset.begun)) / 1000));
      const two = (n) => String(n).padStart(2, "0");
      const hours = Math.floor(seconds / 3600);
      e.textContent = (hours ? hours + ":" : "") + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
    });
  }
  setInterval(tick, 1000);

  // Numbers beside the menu
  async function badges() {
    const places = all("[data-badge]");
    if (!places.length) return;
    try {
      const answer = await fetch("/badges", { headers: { "hx-request": "true" } });
      if (!answer.ok) return;
      const numbers = await answer.json();
      places.forEach((e) => { const n = numbers[e.dataset.badge]; e.textContent = n ? String(n) : ""; });
    } catch { /* the next round tries again */ }
  }

  // Plots: data lies in the element, colours follow the theme.
  function plots() {
    if (typeof echarts === "undefined") return;
    all("[data-chart]").forEach((element) => {
      if (element.dataset.drawn) return;
      element.dataset.drawn = "1";
      const option = JSON.parse(element.dataset.chart);
      const style = getComputedStyle(document.documentElement);
      const ink = style.getPropertyValue("--tblr-secondary") || "#64748b";
      const line = style.getPropertyValue("--line") || "#e3e8ee";
      const axis = (a) => Object.assign({ axisLabel: { color: ink, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } }, a);
      ["xAxis", "yAxis"].forEach((name) => { if (option[name]) option[name] = Array.isArray(option[name]) ? option[name].map(axis) : axis(option[name]); });
      option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily, color: ink };
      option.legend = Object.assign({ textStyle: { color: ink }, top: 0 }, option.legend || {});
      option.tooltip = Object.assign({ renderMode: "richText" }, option.tooltip || {});
      option.grid = Object.assign({ left: 8, right: 12, top: 34, bottom: 4, containLabel: true }, option.grid || {});
      option.animation = false;
      const chart = echarts.init(element, null, { renderer: "canvas" });
      chart.setOption(option);
      const links = element.dataset.links && JSON.parse(element.dataset.links);
      if (links) chart.on("click", (p) => { const to = links[p.dataIndex]; if (to) location.href = to; });
      new ResizeObserver(() => chart.resize()).observe(element);
    });
  }

  function settle() { tick(); countPicked(); plots(); }
  document.addEventListener("DOMContentLoaded", () => { settle(); badges(); setInterval(badges, 60000); });
  document.addEventListener("htmx:afterSettle", (event) => {
    settle();
    const focus = event.detail.elt && one("[data-focus]", event.detail.elt);
    if (focus) focus.focus();
  });
  document.addEventListener("toggle", plots, true);

  // The plan: rows are dragged onto a day; the chosen ones go along.
  document.addEventListener("dragstart", (event) => {
    const row = event.target.closest && event.target.closest("[data-draggable-rows] tr");
    const box = row && one("input[name=id]", row);
    if (!box) return;
    box.checked = true;
    countPicked();
    event.dataTransfer.setData("text/plain", box.value);
    event.dataTransfer.effectAllowed = "move";
  });
  const dropOn = (event) => event.target.closest && event.target.closest("[data-drop]");
  document.addEventListener("dragover", (event) => { const day = dropOn(event); if (day) { event.preventDefault(); day.classList.add("dragover"); } });
  document.addEventListener("dragleave", (event) => { const day = dropOn(event); if (day) day.classList.remove("dragover"); });
  document.addEventListener("drop", (event) => { const day = dropOn(event); if (day) { event.preventDefault(); day.classList.remove("dragover"); day.click(); } });
  const makeDraggable = () => all("[data-draggable-rows] tbody tr").forEach((row) => { row.draggable = true; });
  makeDraggable();
  document.addEventListener("htmx:afterSettle", makeDraggable);
})();
