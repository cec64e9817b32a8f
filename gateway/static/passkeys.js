// Passkeys: made on the page of an account, used on the page of sign-in. Without this script their forms are not shown.
const form = document.querySelector("form[data-passkey]");
if (form && window.PublicKeyCredential) {
  const status = form.querySelector("[role=status]");
  const button = form.querySelector("button");
  document.querySelector("[data-without-passkeys]")?.remove();
  form.hidden = false;

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = async (options) => { // the browser wants bytes where JSON has base64url
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    if (form.dataset.passkey === "get") {
      publicKey.allowCredentials = named(options.allowCredentials);
      return navigator.credentials.get({ publicKey });
    }
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = named(options.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  };
  const asJson = (credential) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
  };
  const go = async () => {
    const reply = await fetch(form.dataset.options, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const told = await reply.json();
    if (!reply.ok) throw new Error(`${told.title}. ${told.detail}`);
    const credential = await ask(told).catch(() => { throw new Error(form.dataset.cancelled); });
    form.elements.credential.value = asJson(credential);
    form.submit();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = "";
    button.disabled = true;
    try {
      await go();
    } catch (error) {
      status.textContent = error.constructor === Error ? error.message : form.dataset.failed; // else: no network, no JSON
      button.disabled = false;
      button.focus();
    }
  });
}
