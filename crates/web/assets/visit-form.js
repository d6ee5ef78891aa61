// The record form of a visit on a phone: every field is kept in this browser as it is typed, and sent
// when there is a connection; so is the signature. Without this script the page is a plain form.
(function () {
  "use strict";
  const form = document.getElementById("visit-form");
  if (!form) return;
  const signing = document.getElementById("signature-form");
  const tag = document.querySelector("[data-sync]");
  const missing = document.querySelector("[data-missing]");
  const key = "visit-form/" + form.dataset.visit;
  const PAUSE = 2000, AGAIN = 8000;
  const WIDTH = 1000, HEIGHT = 400, POINTS_MAX = 4000;

  const load = () => { try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; } };
  const keep = () => { try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* private windows keep nothing */ } };
  // The name of a writing: the server takes each one once, however often it arrives.
  const name = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const fields = () => Array.from(new FormData(form)).filter(([n]) => n !== "csrf" && n !== "version");
  const say = (what, tone) => { tag.textContent = tag.dataset[what]; tag.className = "tag " + tone; };

  let kept = load();
  let version = form.elements.version.value;
  let busy = false, timer = 0, stopped = false;
  let strokes = [];

  // What was typed here and never arrived stands before what the server knows.
  if (kept.fields && kept.submission) {
    if (kept.version === version) {
      kept.fields.forEach(([n, value]) => {
        const field = form.elements[n];
        if (field) field.value = value;
      });
      say("local", "orange");
      later(0);
    } else if (kept.sent === kept.submission) {
      kept = {};
      keep();
    } else {
      say("conflict", "red");
      stopped = true;
    }
  }

  function changed() {
    if (stopped) return;
    kept.fields = fields();
    kept.submission = name();
    kept.version = version;
    keep();
    later(PAUSE);
  }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!kept.submission) { kept.fields = fields(); kept.submission = name(); kept.version = version; keep(); }
    later(0);
  });

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(send, milliseconds);
  }
  window.addEventListener("online", () => later(0));

  async function post(path, body, headers) {
    const token = form.elements.csrf.value;
    return fetch(path, { method: "POST", body: new URLSearchParams(body), headers: Object.assign({ "hx-request": "true", "x-csrf-token": token }, headers) });
  }

  function problems(told) {
    document.querySelectorAll(".field-problem").forEach((e) => e.remove());
    (told.fields || []).forEach((problem) => {
      const field = form.elements[problem.field];
      const text = document.createElement("div");
      text.className = "field-problem";
      text.textContent = problem.message;
      const input = field && (field.length && !field.tagName ? field[0] : field);
      if (input) (input.closest("label") || input).after(text); else missing.textContent = problem.message;
    });
    if (told.title && !(told.fields || []).length) missing.textContent = told.title;
  }

  // Sends what is kept; true when nothing is left to send.
  async function send() {
    if (busy || stopped) return false;
    if (!kept.submission) return signed();
    if (!form.elements.visited_at.value) { say("local", "orange"); return false; }
    busy = true;
    say("sending", "blue");
    const submission = kept.submission;
    let answer;
    try {
      answer = await post(form.getAttribute("action"), kept.fields, { "if-match": '"' + version + '"', "idempotency-key": submission });
    } catch {
      busy = false;
      say("local", "orange");
      later(AGAIN);
      return false;
    }
    busy = false;
    if (answer.status === 401) { stopped = true; say("door", "red"); return false; }
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 409 || answer.status === 412) { stopped = true; say("conflict", "red"); return false; }
    if (!answer.ok) {
      problems(told);
      say("refused", "red");
      if (answer.status >= 500) later(AGAIN);
      return false;
    }
    problems({});
    version = String(told.version);
    form.elements.version.value = version;
    missing.textContent = told.missing.length ? missing.dataset.words + told.missing.join(document.documentElement.lang === "en" ? ", " : "、") : "";
    if (kept.submission === submission) {
      delete kept.fields;
      delete kept.submission;
      kept.sent = submission;
      keep();
      say("saved", "green");
      return signed();
    }
    kept.version = version;
    keep();
    later(0);
    return false;
  }

  // The signature goes after the form.
  async function signed() {
    if (!kept.strokes || busy) return true;
    busy = true;
    let answer;
    try {
      answer = await post(signing.getAttribute("action"), { strokes: kept.strokes }, {});
    } catch {
      busy = false;
      say("local", "orange");
      later(AGAIN);
      return false;
    }
    busy = false;
    if (answer.status === 401) { stopped = true; say("door", "red"); return false; }
    const told = await answer.json().catch(() => ({}));
    delete kept.strokes;
    if (!answer.ok) { keep(); problems(told); say("refused", "red"); return false; }
    localStorage.removeItem(key);
    window.location.assign(told.to);
    return true;
  }

  const canvas = signing.querySelector("canvas");
  const pen = canvas.getContext("2d");
  signing.hidden = false;
  function clear() {
    strokes = [];
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    pen.lineWidth = 6;
    pen.lineCap = "round";
    pen.lineJoin = "round";
  }
  clear();
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [within(((event.clientX - box.left) / box.width) * WIDTH, WIDTH), within(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT)];
  };
  let drawing = false;
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drawing = true;
    strokes.push([at(event)]);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing || strokes.reduce((n, s) => n + s.length, 0) >= POINTS_MAX) return;
    const stroke = strokes[strokes.length - 1];
    const from = stroke[stroke.length - 1], to = at(event);
    if (from[0] === to[0] && from[1] === to[1]) return;
    stroke.push(to);
    pen.beginPath();
    pen.moveTo(from[0], from[1]);
    pen.lineTo(to[0], to[1]);
    pen.stroke();
  });
  ["pointerup", "pointercancel"].forEach((end) => canvas.addEventListener(end, () => { drawing = false; }));
  signing.querySelector("[data-clear-signature]").addEventListener("click", clear);
  signing.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!strokes.length) return;
    kept.strokes = strokes.map((s) => s.map((p) => p.join(",")).join(" ")).join(";");
    keep();
    later(0);
  });
  if (kept.strokes) later(0);
})();
