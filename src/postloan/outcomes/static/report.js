// Draws every chart of the page from the JSON beside it, again when the page changes its width or is printed.
(function () {
  "use strict";
  var options = JSON.parse(document.getElementById("charts").textContent);
  var drawn = [];
  document.querySelectorAll("[data-chart]").forEach(function (place) {
    var chart = echarts.init(place, null, { renderer: "svg" });
    chart.setOption(options[place.dataset.chart]);
    place.classList.add("drawn");
    drawn.push([place, chart]);
  });
  function fit(width) {
    drawn.forEach(function (pair) {
      pair[1].resize({ width: width || pair[0].clientWidth, height: pair[0].clientHeight, silent: true });
    });
  }
  var waiting;
  window.addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(fit, 120);
  });
  window.addEventListener("beforeprint", function () { fit(640); });
  window.addEventListener("afterprint", function () { fit(); });
})();
