// Where a word beside a step of a diagram covers nothing: no timer on its edge, no name, and no line if it can be helped.
(function () {
  "use strict";
  var HEIGHT = 17, GAP = 3;
  var pen = document.createElement("canvas").getContext("2d");

  function covered(one, other) {
    var wide = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
    var high = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
    return wide > 0 && high > 0 ? wide * high : 0;
  }

  // Lines of a diagram go along or across.
  function crossed(box, line) {
    return line.waypoints.slice(1).some(function (end, place) {
      var start = line.waypoints[place];
      var way = { x: Math.min(start.x, end.x), y: Math.min(start.y, end.y), width: Math.abs(start.x - end.x) + 1, height: Math.abs(start.y - end.y) + 1 };
      return covered(box, way) > 0;
    });
  }

  // `grown`: how much larger than the drawing the words are shown. `left` and `top` are relative to the step; `side` names the
  // class that says which corner of the words stands there.
  window.freeSpot = function (registry, element, words, grown) {
    pen.font = "11px " + getComputedStyle(document.body).fontFamily;
    var width = (pen.measureText(words).width + 8) * grown, height = HEIGHT * grown;
    var below = element.height + GAP, middle = element.width / 2;
    var shapes = registry.filter(function (one) { return one !== element && one.parent && !one.waypoints && !(one.children || []).length; });
    var lines = registry.filter(function (one) { return one.waypoints; });
    var found = null;
    [
      { side: "below", left: middle, top: below },
      { side: "above", left: middle, top: -GAP },
      { side: "above before", left: middle - GAP, top: -GAP },
      { side: "above after", left: middle + GAP, top: -GAP },
      { side: "below before", left: middle - GAP, top: below },
      { side: "below after", left: middle + GAP, top: below },
    ].forEach(function (spot) {
      var start = /before/.test(spot.side) ? width : /after/.test(spot.side) ? 0 : width / 2;
      var box = { x: element.x + spot.left - start, y: element.y + spot.top - (/above/.test(spot.side) ? height : 0), width: width, height: height };
      spot.cost = shapes.reduce(function (sum, one) { return sum + covered(box, one); }, 0) * 10;
      spot.cost += lines.filter(function (line) { return crossed(box, line); }).length * 100;
      if (!found || spot.cost < found.cost) found = spot;
    });
    return found;
  };
})();
