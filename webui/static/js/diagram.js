// Diagrams of a page: bpmn-js shows each, and elements named in its data get a class of their own.
(function () {
  "use strict";
  // Names are 12 units high: below the first scale they cannot be read, at the other they can. Pixels of the screen.
  var SMALLEST = 0.62, READABLE = 0.85, HIGHEST = 800, BELOW = 52;
  var NOTE = { min: 0.95, max: 1.3 };
  var marks = ["done", "waiting", "current", "added", "removed", "changed"];
  document.querySelectorAll(".diagram[data-url]").forEach(function (place) {
    var viewer = new window.BpmnJS({ container: place });
    fetch(place.dataset.url, { credentials: "same-origin" })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
      .then(function (xml) { return viewer.importXML(xml); })
      .then(function () {
        var canvas = viewer.get("canvas");
        var registry = viewer.get("elementRegistry");
        var overlays = viewer.get("overlays");
        var margin = 30;
        var inner = canvas.viewbox().inner;
        var whole = { x: inner.x - margin, y: inner.y - margin, width: inner.width + 2 * margin, height: inner.height + 2 * margin };
        marks.forEach(function (mark) {
          JSON.parse(place.dataset[mark] || "[]").forEach(function (id) { if (registry.get(id)) canvas.addMarker(id, mark); });
        });

        // A word beside a step: who and when, or how many cases stand there; a link leads to the list of them.
        var notes = JSON.parse(place.dataset.notes || "{}");
        var links = JSON.parse(place.dataset.links || "{}");
        function note(scale) {
          overlays.clear();
          Object.keys(notes).forEach(function (id) {
            var element = registry.get(id);
            if (!element) return;
            var spot = window.freeSpot(registry, element, notes[id], Math.min(Math.max(scale, NOTE.min), NOTE.max) / scale);
            var told = document.createElement(links[id] ? "a" : "span");
            told.className = "diagram-note " + spot.side;
            told.textContent = notes[id];
            if (links[id]) told.href = links[id];
            overlays.add(id, { position: { top: spot.top, left: spot.left }, scale: NOTE, html: told });
          });
        }

        // The frame takes the drawing's own shape and leaves the library's mark a place of its own below it.
        function show(scale) {
          place.style.height = Math.min(whole.height * scale, HIGHEST) + BELOW + "px";
          canvas.resized();
          var seen = { width: place.clientWidth / scale, height: (place.clientHeight - BELOW) / scale };
          var at = registry.get(["current", "waiting", "done"].map(function (mark) { return JSON.parse(place.dataset[mark] || "[]").pop(); }).find(Boolean));
          function from(side, size) {
            if (seen[size] >= whole[size]) return whole[side] - (seen[size] - whole[size]) / 2;
            var middle = at ? at[side] + at[size] / 2 - seen[size] / 2 : whole[side];
            return Math.min(Math.max(middle, whole[side]), whole[side] + whole[size] - seen[size]);
          }
          canvas.viewbox({ x: from("x", "width"), y: from("y", "height"), width: seen.width, height: place.clientHeight / scale });
          note(scale);
        }
        function fitting() { return Math.min(place.clientWidth / whole.width, HIGHEST / whole.height); }
        // A drawing of which nothing could be read begins with where the case stands, at a size that can be.
        show(fitting() < SMALLEST && place.closest(".diagram-card") ? READABLE : fitting());

        var moving = document.querySelectorAll("[data-pan]");
        function offer() {
          var box = canvas.viewbox();
          var hidden = box.x <= inner.x && box.x + box.width >= inner.x + inner.width;
          moving.forEach(function (button) { button.hidden = hidden; });
        }
        moving.forEach(function (button) {
          button.addEventListener("click", function () { canvas.scroll({ dx: -Number(button.dataset.pan) * place.clientWidth / 2, dy: 0 }); });
        });
        viewer.get("eventBus").on("canvas.viewbox.changed", offer);
        offer();
        document.querySelectorAll("[data-zoom]").forEach(function (button) {
          button.hidden = false;
          button.addEventListener("click", function () {
            if (button.dataset.zoom === "fit") show(fitting());
            else canvas.zoom(canvas.zoom() * Number(button.dataset.zoom));
          });
        });
        window.diagramOnPaper(place, viewer, notes);
        place.classList.add("drawn");
      })
      .catch(function () { place.textContent = place.dataset.failed; });
  });
})();
