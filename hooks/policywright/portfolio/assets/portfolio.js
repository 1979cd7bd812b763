/* Filters the table of agencies. Without this script the whole table can be read; nothing leaves the browser. */
(function () {
  "use strict";
  function start() {
    var form = document.querySelector(".pw-filter[data-rows]");
    if (!form) { return; }
    var rows = Array.prototype.slice.call(document.querySelectorAll(".md-content table tbody tr"));
    var choices = Array.prototype.slice.call(form.querySelectorAll("select"));
    /* A cell is one word, such as a status, or a list of what to look at. */
    function fits(row, choice) {
      var words = row.cells[Number(choice.dataset.column)].textContent.trim();
      return !choice.value || words === choice.value || words.split(", ").indexOf(choice.value) >= 0;
    }
    function apply() {
      var shown = 0;
      rows.forEach(function (row) {
        row.hidden = !choices.every(function (choice) { return fits(row, choice); });
        shown += row.hidden ? 0 : 1;
      });
      form.querySelector(".pw-filter__count").textContent = shown + " of " + rows.length + " agencies shown";
    }
    form.hidden = false;
    form.addEventListener("change", apply);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    apply();
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
}());
