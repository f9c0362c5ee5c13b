// Registration by keyboard: Enter goes to the next field, digits choose, files are kept as soon as they are chosen.
(function () {
  "use strict";

  // Controls in the order of the page; a group of radio buttons is one stop.
  function stops(form) {
    var seen = {};
    return Array.from(form.querySelectorAll("input, select, textarea, button.primary")).filter(function (control) {
      if (control.type === "hidden" || control.tabIndex < 0 || control.disabled || !control.offsetParent) return false;
      if (control.type !== "radio") return true;
      if (seen[control.name]) return false;
      seen[control.name] = true;
      return true;
    }).map(function (control) {
      return control.type === "radio" ? form.querySelector("[name='" + control.name + "']:checked") || control : control;
    });
  }

  function next(form, here) {
    var found = stops(form);
    var at = found.findIndex(function (control) {
      return control === here || (here.type === "radio" && control.name === here.name);
    });
    return found[at + 1];
  }

  function choose(form, radio, digit) {
    var group = form.querySelectorAll("[name='" + radio.name + "']");
    var chosen = group[digit - 1];
    if (!chosen) return;
    chosen.checked = true;
    chosen.focus();
    chosen.dispatchEvent(new Event("input", { bubbles: true }));
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function onKey(event) {
    var form = event.currentTarget, here = event.target;
    if (event.isComposing || event.keyCode === 229) return; // Enter that ends a word of the input method
    if (event.key === "Enter" && event.shiftKey && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      form.requestSubmit(form.querySelector("button[name=next]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (here.type === "radio" && /^[1-9]$/.test(event.key)) {
      event.preventDefault();
      choose(form, here, Number(event.key));
    } else if (event.key === "Enter" && here.matches("input:not([type=file]), select")) {
      event.preventDefault();
      var to = next(form, here);
      if (to) to.focus();
    }
  }

  function begin() {
    var form = document.querySelector("form.by-keyboard");
    if (!form) return;
    form.addEventListener("keydown", onKey);
    // Chosen files that have arrived are listed below; sent again with the form they would come twice.
    form.addEventListener("htmx:beforeRequest", function (event) {
      if (event.target.id !== "draft-state") return;
      form.querySelectorAll("input[type=file]").forEach(function (control) { control.dataset.going = control.files.length; });
    });
    form.addEventListener("htmx:afterRequest", function (event) {
      if (event.target.id !== "draft-state" || !event.detail.successful) return;
      form.querySelectorAll("input[type=file]").forEach(function (control) {
        if (control.files.length && Number(control.dataset.going) === control.files.length) control.value = "";
      });
    });
    if (document.querySelector("[data-focus]")) return;
    // What has to be filled in comes before what may be.
    var empty = stops(form).filter(function (control) {
      return control.type === "radio" ? !control.checked : !control.value;
    });
    var first = empty.find(function (control) {
      return (control.closest("[role=radiogroup]") || control).getAttribute("aria-required") === "true";
    }) || empty[0];
    if (!first) return;
    first.focus({ preventScroll: true }); // a page that begins with it stays where it is
    if (first.getBoundingClientRect().bottom > form.querySelector(".card-foot").getBoundingClientRect().top) first.scrollIntoView({ block: "center" });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
