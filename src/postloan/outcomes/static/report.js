// Draws every chart of the page from the JSON beside it, and fits it again when the page changes its width.
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
  function fit() {
    drawn.forEach(function (pair) {
      pair[1].resize();
      var picture = pair[0].querySelector("svg");
      // Lets paper scale the picture, where no script runs between the screen's layout and the printed one.
      picture.setAttribute("preserveAspectRatio", "xMinYMin meet");
      picture.setAttribute("viewBox", "0 0 " + pair[1].getWidth() + " " + pair[1].getHeight());
    });
  }
  fit();
  var waiting;
  window.addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(fit, 120);
  });
})();
