// The puzzle that a browser solves while somebody fills in an anonymous form: Altcha's widget,
// kept out of sight. Everything works without this file, and whatever goes wrong in it, the form
// is sent all the same: without a proof, under a tighter limit.
import "./@altcha@";

const worker = new URL("./@altcha-worker@", import.meta.url);
const PATIENCE = 20000; // milliseconds that a form waits for its proof

globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(worker));
globalThis.$altcha.defaults.set({
  auto: "onfocus",
  display: "invisible",
  humanInteractionSignature: false, // watches nobody's hands
  minDuration: 0
});

function prepare(form) {
  const widget = document.createElement("altcha-widget");
  const wait = form.querySelector("[data-puzzle-wait]");
  let ready = false;
  let waiting = false;
  let listening = false;
  let submitter = null;
  widget.setAttribute("challenge", form.dataset.puzzle);
  widget.hidden = true;
  form.append(widget);

  function send() {
    if (ready || !waiting) { return; }
    ready = true;
    // The proof is in its field one turn later.
    setTimeout(() => form.requestSubmit(submitter), 0);
  }

  widget.addEventListener("statechange", (event) => {
    const over = event.detail.state === "verified" || event.detail.state === "error";
    if (over && listening) { send(); }
  });

  form.addEventListener("submit", (event) => {
    const state = widget.getState ? widget.getState() : "error";
    if (ready || state === "verified" || state === "error") { return; }
    event.preventDefault();
    if (waiting) { return; }
    waiting = true;
    submitter = event.submitter;
    if (wait) { wait.hidden = false; }
    if (state === "verifying") {
      listening = true;
    } else {
      // Not begun yet, or too old; also where the clock of this machine is wrong.
      widget.verify().then(send, send);
    }
    setTimeout(send, PATIENCE);
  });

  window.addEventListener("pageshow", () => {
    ready = waiting = listening = false;
    if (wait) { wait.hidden = true; }
  });
}

document.querySelectorAll("form[data-puzzle]").forEach(prepare);
