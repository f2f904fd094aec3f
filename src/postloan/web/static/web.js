// Small comforts; every page works without them.
(function () {
  "use strict";
  // The menu closes with Escape and when the reader goes elsewhere.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });
  // On a narrow screen the menu shows where the reader is.
  document.querySelectorAll("nav.pages a[aria-current]").forEach(function (link) {
    var list = link.closest("ul");
    list.scrollLeft = link.offsetLeft - list.offsetLeft - (list.clientWidth - link.offsetWidth) / 2;
  });
  // A form is sent once, however often the button is pressed.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });
  // Personal data in clear does not stay on a screen that nobody looks at.
  var hide;
  function mask() {
    clearTimeout(hide);
    if (document.querySelector(".revealed")) {
      hide = setTimeout(function () {
        location.assign(location.pathname + location.search);
      }, 5 * 60 * 1000);
    }
  }
  ["htmx:after:swap", "pageshow", "keydown", "pointerdown"].forEach(function (name) {
    window.addEventListener(name, mask);
  });
})();
