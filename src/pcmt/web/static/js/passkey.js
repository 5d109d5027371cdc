// Passkeys: the browser makes or uses one, the form carries its answer. Options come from the page or its address.
// A form: data-passkey="make" | "use"; data-options: id of a JSON script, or data-ask: address that gives options.

const supported = Boolean(window.PublicKeyCredential && navigator.credentials);

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) => {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

const readable = (options) => {
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  if (key.excludeCredentials) key.excludeCredentials = listed(key.excludeCredentials);
  if (key.allowCredentials) key.allowCredentials = listed(key.allowCredentials);
  return { publicKey: key };
};

const sendable = (credential) => {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
};

const options = async (form) => {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return answer.json();
};

const say = (form, words) => {
  const place = form.querySelector("[data-passkey-words]");
  place.textContent = words;
  place.hidden = words === "";
};

const run = async (form) => {
  const given = await options(form);
  const asked = readable(given.creation_options ?? given.request_options);
  const made = form.dataset.passkey === "make" ? navigator.credentials.create(asked) : navigator.credentials.get(asked);
  form.elements.credential.value = JSON.stringify(sendable(await made));
  form.submit();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !supported && form.hasAttribute("data-passkey-only");
  if (!supported) {
    say(form, form.dataset.old ?? "");
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    say(form, "");
    try {
      await run(form);
    } catch (error) {
      form.removeAttribute("aria-busy");
      say(form, error.name === "InvalidStateError" ? form.dataset.known ?? form.dataset.refused : form.dataset.refused);
    }
  });
}
