// Diagrams of a page: bpmn-js shows each, and elements named in its data get a class of their own.
(function () {
  "use strict";
  var marks = ["done", "waiting", "current", "added", "removed", "changed"];
  document.querySelectorAll(".diagram[data-url]").forEach(function (place) {
    var viewer = new window.BpmnJS({ container: place });
    fetch(place.dataset.url, { credentials: "same-origin" })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
      .then(function (xml) { return viewer.importXML(xml); })
      .then(function () {
        var canvas = viewer.get("canvas");
        var registry = viewer.get("elementRegistry");
        var margin = 30;
        // The frame takes the drawing's own shape; labels reach a little beyond what the library measures.
        function fit() {
          var inner = canvas.viewbox().inner;
          var wanted = place.clientWidth * (inner.height + 2 * margin) / (inner.width + 2 * margin);
          place.style.height = Math.min(Math.max(wanted, 220), 640) + "px";
          canvas.resized();
          canvas.viewbox({ x: inner.x - margin, y: inner.y - margin, width: inner.width + 2 * margin, height: inner.height + 2 * margin });
        }
        marks.forEach(function (mark) {
          JSON.parse(place.dataset[mark] || "[]").forEach(function (id) { if (registry.get(id)) canvas.addMarker(id, mark); });
        });
        // A word under a step: who and when, or how many cases stand there; a link leads to the list of them.
        var notes = JSON.parse(place.dataset.notes || "{}");
        var links = JSON.parse(place.dataset.links || "{}");
        Object.keys(notes).forEach(function (id) {
          if (!registry.get(id)) return;
          var note = document.createElement(links[id] ? "a" : "span");
          note.className = "diagram-note";
          note.textContent = notes[id];
          if (links[id]) note.href = links[id];
          viewer.get("overlays").add(id, { position: { bottom: 12, left: 4 }, scale: { min: 0.95, max: 1.3 }, html: note });
        });
        fit();
        document.querySelectorAll("[data-zoom]").forEach(function (button) {
          button.hidden = false;
          button.addEventListener("click", function () {
            if (button.dataset.zoom === "fit") fit();
            else canvas.zoom(canvas.zoom() * Number(button.dataset.zoom));
          });
        });
        window.diagramOnPaper(place, viewer, notes);
        place.classList.add("drawn");
      })
      .catch(function () { place.textContent = place.dataset.failed; });
  });
})();
