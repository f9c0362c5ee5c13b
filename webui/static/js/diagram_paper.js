// A diagram on paper: copies of the drawing, as wide as a sheet of A4 across, with its words under the steps printed.
// A drawing that would be too small to read is cut where nothing stands, into strips: one below the other if they fit
// on a sheet, else one sheet each. The canvas itself keeps its size on the screen and is not printed.
(function () {
  "use strict";
  var SPACE = "http://www.w3.org/2000/svg";
  var MM = 96 / 25.4;
  // What a sheet leaves beside its margins and below the heads (@page drawing in desks.css); pixels of CSS.
  var SHEET = { width: 281 * MM, height: 138 * MM };
  var MARGIN = 14, GAP = 4 * MM;
  // Names are 12 units high: this scale makes them 6 points. More than the other is larger than life.
  var READABLE = 8 / 12, LARGEST = 1.3;

  function within(room, count, stacked) {
    var height = stacked ? (SHEET.height - (count - 1) * GAP) / count : SHEET.height;
    return Math.min(SHEET.width / (room.width / count), height / room.height, LARGEST);
  }

  // How many strips at what scale; more of them only where that makes the drawing a good deal larger.
  function best(room, most, stacked) {
    var found = { count: 1, scale: within(room, 1, stacked), apart: !stacked };
    for (var count = 2; count <= most && found.scale < READABLE; count++) {
      var scale = within(room, count, stacked);
      if (scale > found.scale * 1.1) found = { count: count, scale: scale, apart: !stacked };
    }
    return found;
  }

  function plan(room) {
    var together = best(room, 3, true);
    return together.scale >= READABLE * 0.97 ? together : best(room, 4, false);
  }

  // Where to cut near `wanted`: through as few shapes as possible, then as near as possible.
  function cut(shapes, wanted, reach) {
    var found = wanted, fewest = Infinity;
    for (var step = 0; step <= reach; step += 4) {
      [wanted - step, wanted + step].forEach(function (at) {
        var through = shapes.filter(function (one) { return one.x - 4 < at && at < one.x + one.width + 4; }).length;
        if (through < fewest) { fewest = through; found = at; }
      });
    }
    return found;
  }

  function part(name, given) {
    var made = document.createElementNS(SPACE, name);
    Object.keys(given).forEach(function (key) { made.setAttribute(key, given[key]); });
    return made;
  }

  // Whether a flow comes or goes at this edge of a step, at the middle of it.
  function met(element, edge) {
    var middle = element.x + element.width / 2;
    return (element.incoming || []).concat(element.outgoing || []).some(function (flow) {
      return [flow.waypoints[0], flow.waypoints[flow.waypoints.length - 1]].some(function (end) {
        return Math.abs(end.y - edge) < 2 && Math.abs(end.x - middle) < element.width / 2;
      });
    });
  }

  // The words that the screen shows beside a step: on paper below it, or above it where something hangs on its lower
  // edge; to the left of a flow that comes or goes there.
  function noted(element, words, pen) {
    var width = pen.measureText(words).width + 8, foot = element.y + element.height;
    var above = (element.attachers || []).length || element.width < 60;
    var middle = element.x + element.width / 2;
    var box = { x: met(element, above ? element.y : foot) ? middle - width - 8 : middle - width / 2, y: above ? element.y - 20 : foot + 3 };
    var group = part("g", { "class": "paper-note" });
    group.appendChild(part("rect", { x: box.x, y: box.y, width: width, height: 17, rx: 2 }));
    group.appendChild(part("text", { x: box.x + 4, y: box.y + 13 })).textContent = words;
    return group;
  }

  // Arrowheads go by an id; those of the canvas are not drawn while it is hidden, so that each copy has its own.
  function ownArrows(sheet, name) {
    sheet.querySelectorAll("marker[id]").forEach(function (marker) { marker.id += name; });
    sheet.querySelectorAll("[style*='url('], [marker-end], [marker-start]").forEach(function (line) {
      ["style", "marker-end", "marker-start"].forEach(function (given) {
        var said = line.getAttribute(given);
        if (said) line.setAttribute(given, said.replace(/#([\w-]+)(?=["']?\))/g, "#$1" + name));
      });
    });
  }

  window.diagramOnPaper = function (place, viewer, notes) {
    var sheets = [];
    var registry = viewer.get("elementRegistry");

    function lay() {
      var inner = viewer.get("canvas").viewbox().inner;
      var room = { x: inner.x - MARGIN, y: inner.y - MARGIN - 8, width: inner.width + 2 * MARGIN, height: inner.height + 2 * MARGIN + 16 };
      var whole = place.closest(".diagram-card") ? plan(room) : { count: 1, scale: 0, apart: false };
      var shapes = registry.filter(function (one) { return one.parent && !one.waypoints && !(one.children || []).length; });
      var pen = document.createElement("canvas").getContext("2d");
      pen.font = "12px " + getComputedStyle(document.body).fontFamily;
      var copy = place.querySelector(".djs-container svg").cloneNode(true);
      copy.querySelector(".viewport").removeAttribute("transform");
      Object.keys(notes).forEach(function (id) {
        if (registry.get(id)) copy.querySelector(".viewport").appendChild(noted(registry.get(id), notes[id], pen));
      });
      copy.setAttribute("class", whole.apart && whole.count > 1 ? "on-paper apart" : "on-paper");
      copy.removeAttribute("style");
      var from = room.x;
      for (var strip = 1; strip <= whole.count; strip++) {
        var end = room.x + room.width;
        var to = strip === whole.count ? end : cut(shapes, room.x + room.width * strip / whole.count, room.width / whole.count / 8);
        var sheet = copy.cloneNode(true);
        ownArrows(sheet, "-paper" + strip);
        sheet.setAttribute("viewBox", [from, room.y, to - from, room.height].join(" "));
        // Strips of unequal width keep one scale; a diagram beside another takes the width of its place.
        var scale = Math.min(whole.scale, SHEET.width / (to - from));
        sheet.setAttribute("width", whole.scale ? (to - from) * scale : "100%");
        if (whole.scale) sheet.setAttribute("height", room.height * scale); else sheet.removeAttribute("height");
        place.appendChild(sheet);
        sheets.push(sheet);
        from = to;
      }
    }

    window.addEventListener("beforeprint", lay);
    window.addEventListener("afterprint", function () { sheets.splice(0).forEach(function (sheet) { sheet.remove(); }); });
  };
})();
