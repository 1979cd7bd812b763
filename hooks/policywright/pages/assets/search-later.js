/* The index of the search is two thirds of what a first page loads, and reading it takes half of the time.
   The theme asks for it at once; here the request waits until somebody is about to search. */
(function () {
  "use strict";
  var request = window.XMLHttpRequest && XMLHttpRequest.prototype;
  /* A result of the search names its words, which the theme marks on the page with what the index says. */
  if (!request || /[?&][hq]=/.test(location.search)) return;

  var open = request.open;
  var send = request.send;
  var waiting = [];
  var wanted = false;

  request.open = function (_method, address) {
    this.pwMayWait = /\/search\/search_index\.json$/.test(String(address));
    return open.apply(this, arguments);
  };
  request.send = function () {
    if (wanted || !this.pwMayWait) return send.apply(this, arguments);
    waiting.push(this);
  };

  function want() {
    wanted = true;
    waiting.splice(0).forEach(function (one) {
      send.call(one);
    });
  }

  ["focusin", "pointerover", "change", "keydown"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var search = event.target.closest && event.target.closest(".md-search, [for='__search'], #__search");
      if (search && !wanted) want();
    });
  });
})();
