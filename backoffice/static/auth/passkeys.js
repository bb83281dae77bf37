// Passkeys: a button asks the browser for one, and the answer is sent with the button's form.

// The server takes an answer for five minutes: on a page that has been open for longer, it is asked anew.
const FRESH = 4 * 60 * 1000;
const loaded = Date.now();

for (const button of document.querySelectorAll("[data-passkey]")) {
  const { form } = button;
  const failed = form.querySelector("[data-passkey-failed]");
  if (!("PublicKeyCredential" in window)) continue;
  button.hidden = false;
  form.querySelector("[data-passkey-absent]")?.remove();
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    form.elements.answer.value = "";
    failed.hidden = true;
    button.disabled = true;
    try {
      if (Date.now() - loaded > FRESH) await askAnew(button);
      const answer = await ask(button.dataset.passkey, JSON.parse(button.dataset.options));
      form.elements.answer.value = JSON.stringify(answer);
    } catch {
      // Refused by the person or the browser, or not there: which of them, no page learns.
      failed.hidden = false;
    }
    button.disabled = false;
    if (form.elements.answer.value) form.requestSubmit(button);
    else button.focus();
  });
}

async function askAnew(button) {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(`[data-passkey="${button.dataset.passkey}"]`);
  button.dataset.options = fresh.dataset.options;
  button.form.elements.challenge.value = fresh.form.elements.challenge.value;
}

async function ask(kind, options) {
  const publicKey = kind === "create" ? creation(options) : request(options);
  const credential = await navigator.credentials[kind]({ publicKey });
  return credential.toJSON ? credential.toJSON() : written(credential);
}

function creation(options) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const user = { ...options.user, id: bytes(options.user.id) };
  const excludeCredentials = options.excludeCredentials?.map(named);
  return { ...options, user, excludeCredentials, challenge: bytes(options.challenge) };
}

function request(options) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ...options, allowCredentials: options.allowCredentials?.map(named), challenge: bytes(options.challenge) };
}

// What browsers of before 2025 cannot do by themselves.

function named(credential) {
  return { ...credential, id: bytes(credential.id) };
}

function written(credential) {
  const { id, type, rawId, response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const texts = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  const transports = response.getTransports?.();
  return { id, type, rawId: text(rawId), response: { ...Object.fromEntries(texts), transports }, clientExtensionResults: {} };
}

function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
