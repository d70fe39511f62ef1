// Says beneath a field with a longest length how much room is left, as one types. Without this
// file the hint beneath the field says how long it may be.
(function () {
  "use strict";

  function prepare(field) {
    var most = Number(field.dataset.most);
    var seen = document.createElement("p");
    var heard = document.createElement("p");
    var pause;
    seen.className = "govuk-hint fm-counter";
    seen.setAttribute("aria-hidden", "true");
    heard.className = "govuk-visually-hidden";
    heard.setAttribute("aria-live", "polite");
    field.after(seen, heard);

    function words() {
      var left = most - Array.from(field.value.replace(/\r\n/g, "\n").trim()).length;
      var said = left < 0 ? field.dataset.over : field.dataset.left;
      seen.classList.toggle("is-over", left < 0);
      return said.replace("#", Math.abs(left).toLocaleString("en-GB"));
    }

    function say() {
      seen.textContent = words();
      clearTimeout(pause);
      pause = setTimeout(function () { heard.textContent = seen.textContent; }, 1000);
    }

    field.addEventListener("input", say);
    seen.textContent = words();
  }

  document.querySelectorAll("[data-most]").forEach(prepare);
})();
