// A passkey is asked for by the browser alone: the form has what the server wants to know, and sends what the key says.
(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const said = form.querySelector("[data-passkey-said]");
  const bytes = (text) => {
    const plain = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(plain), (sign) => sign.charCodeAt(0));
  };
  const text = (buffer) => {
    const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(signs).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const known = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const asked = () => {
    const options = JSON.parse(document.getElementById("passkey-options").textContent);
    const of = (options.creation_options || options.request_options).publicKey;
    const common = { ...of, challenge: bytes(of.challenge) };
    if (options.creation_options) {
      const user = { ...of.user, id: bytes(of.user.id) };
      return navigator.credentials.create({
        publicKey: { ...common, user, excludeCredentials: known(of.excludeCredentials) },
      });
    }
    return navigator.credentials.get({ publicKey: { ...common, allowCredentials: known(of.allowCredentials) } });
  };

  const answer = (key) => {
    const response = { clientDataJSON: text(key.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[part]) response[part] = text(key.response[part]);
    }
    return {
      id: key.id,
      rawId: text(key.rawId),
      type: key.type,
      response,
      clientExtensionResults: key.getClientExtensionResults(),
    };
  };

  let isAnswered = false;
  form.addEventListener("submit", async (event) => {
    if (isAnswered) return;
    event.preventDefault();
    if (!window.PublicKeyCredential) {
      said.textContent = "本浏览器不支持通行密钥，或网址不是 HTTPS。";
      return;
    }
    try {
      form.elements.credential.value = JSON.stringify(answer(await asked()));
      isAnswered = true;
      form.requestSubmit();
    } catch (error) {
      said.textContent = error.name === "InvalidStateError" ? "这个通行密钥已经登记过。" : "没有完成，请重试。";
    }
  });
})();
