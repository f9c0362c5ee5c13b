// Severance: drag over the page to fill in the four sides of an area; without script they are typed.
(function () {
  "use strict";
  var page = document.querySelector(".severance-page[data-draw=yes]");
  var form = document.getElementById("mark");
  if (!page || !form) return;
  var area = document.createElement("div");
  area.className = "severance-area";
  area.hidden = true;
  page.appendChild(area);
  var start = null;

  function point(event) {
    var box = page.querySelector("img").getBoundingClientRect();
    function share(value) { return Math.min(Math.max(value, 0), 1) * 100; }
    return { x: share((event.clientX - box.left) / box.width), y: share((event.clientY - box.top) / box.height) };
  }

  function show(from, to) {
    var sides = {
      left: Math.min(from.x, to.x), top: Math.min(from.y, to.y),
      right: Math.max(from.x, to.x), bottom: Math.max(from.y, to.y)
    };
    area.hidden = false;
    area.style.left = sides.left + "%";
    area.style.top = sides.top + "%";
    area.style.width = (sides.right - sides.left) + "%";
    area.style.height = (sides.bottom - sides.top) + "%";
    Object.keys(sides).forEach(function (side) { form.elements[side].value = sides[side].toFixed(2); });
  }

  page.addEventListener("pointerdown", function (event) {
    if (event.button !== 0) return;
    start = point(event);
    page.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  page.addEventListener("pointermove", function (event) { if (start) show(start, point(event)); });
  page.addEventListener("pointerup", function (event) {
    if (!start) return;
    show(start, point(event));
    start = null;
    form.elements.what.focus({ preventScroll: true });
  });
})();
