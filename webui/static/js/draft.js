// A form that is put aside by itself: after a pause, every few seconds while somebody types on, and when the page is left.
(function () {
  "use strict";
  var PAUSE = 600, LONGEST = 2000; // milliseconds

  function watch(state) {
    var form = state.closest("form");
    var changes = 0, going = 0, kept = 0; // how often the form was changed: so far, in what is on its way, in what has arrived
    var since = 0, waits, handedIn = false;

    function keep() {
      clearTimeout(waits);
      since = 0;
      window.htmx.trigger(state, "keep");
    }

    function changed(event) {
      var now = Date.now();
      changes += 1;
      since = since || now;
      clearTimeout(waits);
      if (event.target.type === "file") keep();
      else waits = setTimeout(keep, Math.min(PAUSE, Math.max(since + LONGEST - now, 0)));
    }

    // A request of the page ends with the page; this one does not. Files are too large for it.
    function leave() {
      if (handedIn || changes === kept) return;
      var sent = changes, data = new FormData(form);
      form.querySelectorAll("input[type=file]").forEach(function (control) { data.delete(control.name); });
      var asked = { method: "POST", body: data, headers: { "HX-Request": "true" } };
      var url = state.getAttribute("hx-post");
      fetch(url, Object.assign({ keepalive: true }, asked)).catch(function () {
        return fetch(url, asked); // longer than a browser takes along; a page that is only hidden can still send it
      }).then(function (answer) {
        if (answer.ok) kept = Math.max(kept, sent);
      }).catch(function () {}); // it stays unkept, and is sent again with the next change
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("htmx:beforeRequest", function (event) {
      if (event.target !== state) return;
      if (handedIn) event.preventDefault();
      going = changes;
    });
    form.addEventListener("htmx:afterRequest", function (event) {
      if (event.target === state && event.detail.successful) kept = Math.max(kept, going);
    });
    // What has been handed in or given up must not come back as a draft; before anything else it is put aside.
    document.addEventListener("submit", function (event) {
      if (event.target !== form && !event.target.hasAttribute("data-gives-up")) return leave();
      handedIn = true;
      clearTimeout(waits);
      window.htmx.trigger(state, "htmx:abort");
    });
    window.addEventListener("pageshow", function () { handedIn = false; });
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", function () { if (document.hidden) leave(); });
  }

  function begin() {
    document.querySelectorAll(".draft-state").forEach(watch);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
