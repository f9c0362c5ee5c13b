// Forms of a case type: shows the fields that apply, adds lines to tables, counts characters, and lets a form go once.
(function () {
  "use strict";
  document.documentElement.classList.add("scripted");

  // What counts as answered: only controls of fields that apply themselves.
  function answers(form, name, row) {
    var found = [];
    var scope = row || form;
    var controls = scope.querySelectorAll("[name]");
    controls.forEach(function (control) {
      var own = row ? control.name.replace(/^.*-\d+-/, "") : control.name;
      if (own !== name) return;
      var field = control.closest("[data-when]");
      if (field && !field.classList.contains("applies")) return;
      if ((control.type === "radio" || control.type === "checkbox") && !control.checked) return;
      found.push(control.value);
    });
    return found;
  }

  function settle(form) {
    form.querySelectorAll("[data-when]").forEach(function (field) {
      var when = JSON.parse(field.dataset.when);
      var row = field.closest(".line-row");
      var applies = Object.keys(when).every(function (name) {
        return answers(form, name, row).some(function (value) { return when[name].indexOf(value) >= 0; });
      });
      field.classList.toggle("applies", applies);
    });
    form.querySelectorAll("optgroup[data-of]").forEach(function (group) {
      var chosen = answers(form, "decision")[0] || "";
      var fits = group.dataset.of === chosen;
      group.hidden = group.disabled = !fits;
      if (!fits && group.querySelector("option:checked")) group.closest("select").value = "";
    });
  }

  function count(area) {
    var max = Number(area.dataset.max);
    if (!max) return;
    var told = area.nextElementSibling;
    if (!told || !told.classList.contains("count-of")) {
      told = document.createElement("span");
      told.className = "count-of";
      told.setAttribute("aria-live", "polite");
      area.after(told);
    }
    var length = area.value.trim().length;
    told.textContent = length > max * 0.6 ? length + " / " + max : "";
    told.classList.toggle("over", length > max);
  }

  function addLine(lines, template) {
    var numbers = Array.from(lines.querySelectorAll("[name]")).map(function (control) {
      return Number((control.name.match(/-(\d+)-/) || [0, -1])[1]);
    });
    var next = Math.max(-1, Math.max.apply(null, numbers.concat(-1))) + 1;
    var holder = document.createElement("div");
    holder.innerHTML = template.innerHTML.replace(/-__n__-/g, "-" + next + "-").replace(/__n__/g, lines.children.length + 1);
    var line = holder.firstElementChild;
    lines.append(line);
    var first = line.querySelector("select, textarea, input");
    if (first) first.focus();
  }

  function begin() {
    document.querySelectorAll("form.answers").forEach(function (form) {
      settle(form);
      form.querySelectorAll("textarea[data-max]").forEach(count);
      form.addEventListener("change", function () { settle(form); });
      form.addEventListener("input", function (event) {
        if (event.target.matches("textarea[data-max]")) count(event.target);
      });
      form.addEventListener("click", function (event) {
        var add = event.target.closest("[data-add]");
        var remove = event.target.closest("[data-remove]");
        if (add) {
          var fieldset = add.closest("fieldset");
          addLine(fieldset.querySelector(".lines"), fieldset.querySelector("template"));
          settle(form);
        } else if (remove) {
          var line = remove.closest(".line-row");
          if (line.parentElement.children.length > 1) line.remove();
          else line.querySelectorAll("input, select, textarea").forEach(function (control) { control.value = ""; });
          settle(form);
        }
      });
      form.addEventListener("keydown", function (event) {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          form.requestSubmit(form.querySelector("button.primary"));
        }
      });
      // A second click on a slow line must not hand the form in twice; a download leaves the page as it is.
      form.addEventListener("submit", function (event) {
        var button = event.submitter;
        if (button && button.hasAttribute("data-stays")) return;
        if (form.dataset.sent) event.preventDefault();
        form.dataset.sent = "yes";
      });
    });
    window.addEventListener("pageshow", function () {
      document.querySelectorAll("form.answers").forEach(function (form) { delete form.dataset.sent; });
    });
    var fault = document.querySelector("[data-focus]");
    if (fault) fault.focus();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
