// Passkeys need the browser's help, and browsers offer it to scripts only. Everything else on
// this site works without this file; where it cannot help, the form it belongs to stays hidden.
(function () {
  "use strict";

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = Array.from(new Uint8Array(buffer), function (n) { return String.fromCharCode(n); });
    return btoa(plain.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function withBytes(list) {
    return (list || []).map(function (one) {
      return Object.assign({}, one, { id: bytes(one.id) });
    });
  }

  function make(options) {
    var key = Object.assign({}, options.publicKey);
    key.challenge = bytes(key.challenge);
    key.user = Object.assign({}, key.user, { id: bytes(key.user.id) });
    key.excludeCredentials = withBytes(key.excludeCredentials);
    return navigator.credentials.create({ publicKey: key });
  }

  function use(options) {
    var key = Object.assign({}, options.publicKey);
    key.challenge = bytes(key.challenge);
    key.allowCredentials = withBytes(key.allowCredentials);
    return navigator.credentials.get({ publicKey: key });
  }

  function toJson(credential) {
    var answer = credential.response;
    var response = { clientDataJSON: text(answer.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (answer[name]) { response[name] = text(answer[name]); }
    });
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: response
    });
  }

  function prepare(form) {
    var trouble = form.querySelector("[data-passkey-trouble]");
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      trouble.hidden = true;
      fetch(form.dataset.passkey, {
        method: "POST",
        headers: {
          "Accept": "application/json",
          "X-CSRFToken": form.elements.csrfmiddlewaretoken.value
        }
      }).then(function (answer) {
        if (!answer.ok || answer.redirected) { throw new Error("refused"); }
        return answer.json();
      }).then(function (options) {
        return "passkeyMake" in form.dataset ? make(options) : use(options);
      }).then(function (credential) {
        form.elements.credential.value = toJson(credential);
        form.submit();
      }).catch(function () {
        trouble.hidden = false;
      });
    });
  }

  var form = document.querySelector("form[data-passkey]");
  if (form && window.PublicKeyCredential && navigator.credentials) { prepare(form); }
})();
