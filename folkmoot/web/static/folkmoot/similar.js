// Shows petitions like the title while it is typed. Without this file the button beside the field
// does the same in a tab of its own.
(function () {
  "use strict";
  var box = document.getElementById("similar-petitions");
  var form = box && box.closest("form");
  var field = document.getElementById("id_title") || (form && form.querySelector("[name=title]"));
  if (!field || !window.fetch || !window.AbortController) { return; }
  var list = box.querySelector("[data-found]");
  var heard = box.querySelector("[role=status]");
  var button = box.querySelector("button");
  var asked = field.value.trim();
  var pause, asking;

  function show(html) {
    list.innerHTML = html;
    var said = list.querySelector(".fm-similar__said");
    heard.textContent = said ? said.textContent : "";
  }

  function ask() {
    var title = field.value;
    if (title.trim() === asked) { return; }
    asked = title.trim();
    if (asking) { asking.abort(); }
    if (asked.length < 4) { show(""); return; }
    asking = new AbortController();
    fetch(box.dataset.from + "&title=" + encodeURIComponent(title), {
      credentials: "omit", signal: asking.signal
    }).then(function (answer) {
      return answer.ok ? answer.text().then(show) : undefined;
    }).catch(function () {});
  }

  if (button) { button.remove(); }
  field.addEventListener("input", function () {
    clearTimeout(pause);
    pause = setTimeout(ask, 400);
  });
})();
