// Buttons that print the page; without a script the browser's own menu does it, and they are not there.
(() => {
  "use strict";

  addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }));
})();
