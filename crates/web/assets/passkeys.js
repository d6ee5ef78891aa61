// Passkeys: hands the server's question to the browser, and the browser's answer to the server.
(function () {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (list) => (list || []).map((c) => Object.assign({}, c, { id: bytes(c.id) }));
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["x-csrf-token"];

  // Failures come back as { title, hint, fields }.
  async function send(path, fields) {
    const headers = { "hx-request": "true", "x-csrf-token": token() };
    const answer = await fetch(path, { method: "POST", headers, body: new URLSearchParams(fields) });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error("refused"), { told });
    return told;
  }

  // A button is pressed once at a time; what went wrong stands beside it.
  async function attempt(element, button, work) {
    const problem = one("[data-passkey-problem]");
    problem.hidden = true;
    button.disabled = true;
    try {
      const told = await work();
      window.location.assign(told.to);
    } catch (error) {
      const told = error.told;
      const field = told && told.fields && told.fields[0];
      problem.textContent = told && told.title ? (field ? field.message : told.title) : element.dataset.failed;
      problem.hidden = false;
      button.disabled = false;
    }
  }

  async function register(form) {
    const { publicKey } = await send("/account/passkeys/question", {});
    publicKey.challenge = bytes(publicKey.challenge);
    publicKey.user.id = bytes(publicKey.user.id);
    publicKey.excludeCredentials = listed(publicKey.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey });
    const answer = {
      id: made.id, rawId: text(made.rawId), type: made.type, extensions: made.getClientExtensionResults(),
      response: { attestationObject: text(made.response.attestationObject), clientDataJSON: text(made.response.clientDataJSON) },
    };
    return send("/account/passkeys", { name: form.elements.name.value, answer: JSON.stringify(answer) });
  }

  async function signIn(button) {
    const { publicKey } = await send("/sign-in/passkeys/question", {});
    publicKey.challenge = bytes(publicKey.challenge);
    publicKey.allowCredentials = listed(publicKey.allowCredentials);
    const shown = await navigator.credentials.get({ publicKey });
    const answer = {
      id: shown.id, rawId: text(shown.rawId), type: shown.type, extensions: shown.getClientExtensionResults(),
      response: {
        authenticatorData: text(shown.response.authenticatorData), clientDataJSON: text(shown.response.clientDataJSON),
        signature: text(shown.response.signature), userHandle: shown.response.userHandle ? text(shown.response.userHandle) : null,
      },
    };
    return send("/sign-in/passkeys", { next: button.dataset.next, answer: JSON.stringify(answer) });
  }

  if (!window.PublicKeyCredential) return;
  const button = one("[data-passkey-sign-in]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => attempt(button, button, () => signIn(button)));
  }
  const form = one("[data-passkey-register]");
  if (form) {
    const submit = one("[data-passkey-register] button");
    submit.disabled = false;
    one("[data-passkey-unable]").hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(form, submit, () => register(form));
    });
  }
})();
