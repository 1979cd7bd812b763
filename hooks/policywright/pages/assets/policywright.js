/* Makes the pages quicker to use. Everything can be read without this script; nothing leaves the browser. */
(function () {
  "use strict";
  var all = function (query, root) { return Array.prototype.slice.call((root || document).querySelectorAll(query)); };
  var one = function (query, root) { return (root || document).querySelector(query); };

  var here = document.currentScript ? document.currentScript.src : "";

  /* What the reader asked to keep lies in the browser, under a name of its own for each site. */
  var home = one("link[rel=icon], link[rel='shortcut icon']");
  var site = "policywright:" + (home ? home.href.replace(/[^/]*\/[^/]*\/[^/]*$/, "") : location.pathname) + ":";
  var store = {
    get: function (key) { try { return localStorage.getItem(site + key); } catch (error) { return null; } },
    set: function (key, value) { try { localStorage.setItem(site + key, value); } catch (error) { /* not allowed: not kept */ } },
    forget: function (key) { try { localStorage.removeItem(site + key); } catch (error) { /* nothing was kept */ } }
  };

  function say(words) { all(".pw-said").slice(0, 1).forEach(function (place) { place.textContent = words; }); }

  function copy(text, done) {
    function byHand() {
      var box = document.createElement("textarea");
      box.value = text;
      box.setAttribute("aria-hidden", "true");
      box.className = "pw-hidden";
      document.body.appendChild(box);
      box.select();
      var worked = document.execCommand("copy");
      box.remove();
      say(worked ? done : "This browser does not let a page copy.");
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () { say(done); }, byHand);
    } else { byHand(); }
  }

  /* Single letters act on every page of the theme and cannot be switched off there (WCAG 2.1.4). */
  addEventListener("keydown", function (event) {
    var typing = event.target.matches && event.target.matches("input, textarea, select");
    if (event.key && event.key.length === 1 && "pnfs,./".indexOf(event.key) >= 0 && !event.ctrlKey && !event.metaKey && !event.altKey && !typing) {
      event.stopImmediatePropagation();
    }
  }, true);

  /* The theme's menu and section buttons are labels, which answer to Enter alone. */
  addEventListener("keydown", function (event) {
    if (event.key === " " && event.target.matches && event.target.matches("label[for][tabindex]")) {
      event.preventDefault();
      event.target.click();
    }
  });

  function filterFindings() {
    var form = one(".pw-filter:not([data-rows])");
    if (!form) { return; }
    form.hidden = false;
    var cards = all(".pw-card[data-severity]");
    function apply() {
      var severities = all("input[name=severity]", form).filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
      var element = form.elements.element.value, office = form.elements.office.value, shown = 0;
      cards.forEach(function (card) {
        var fits = severities.indexOf(card.dataset.severity) >= 0 &&
          (!element || card.dataset.element === element) && (!office || card.dataset.office === office);
        card.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      all("h2").forEach(function (head) {
        var own = [], next = head.nextElementSibling, parts = [head];
        while (next && next.tagName !== "H2") {
          if (next.matches(".pw-card")) { own.push(next); } else { parts.push(next); }
          next = next.nextElementSibling;
        }
        if (own.length) {
          var empty = own.every(function (card) { return card.hidden; });
          parts.forEach(function (part) { part.hidden = empty; });
        }
      });
      one(".pw-filter__count", form).textContent = shown + " of " + cards.length + " findings shown";
    }
    form.addEventListener("change", apply);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    apply();
  }

  function policyTools() {
    var reasons = one("[data-tool=reasons]");
    if (!reasons) { return; }
    var root = document.documentElement, open = one("[data-tool=open]");
    function show(on) {
      root.classList.toggle("pw-without-reasons", !on);
      reasons.setAttribute("aria-pressed", String(on));
      open.disabled = !on;
    }
    show(store.get("reasons") !== "off");
    reasons.addEventListener("click", function () {
      var on = reasons.getAttribute("aria-pressed") !== "true";
      show(on);
      if (on) { store.forget("reasons"); } else { store.set("reasons", "off"); }
    });
    open.addEventListener("click", function () {
      var on = open.getAttribute("aria-pressed") !== "true";
      open.setAttribute("aria-pressed", String(on));
      all("details.pw-why").forEach(function (box) { box.open = on; });
    });
    all(".pw-provision").forEach(addCopy);
  }

  function addCopy(head) {
    var number = one(".pw-number", head);
    var title = head.cloneNode(true);
    all(".headerlink, .pw-number", title).forEach(function (part) { part.remove(); });
    var name = ((number ? number.textContent : "") + " " + title.textContent).trim().replace(/\s+/g, " ");
    var button = document.createElement("button");
    button.type = "button";
    button.className = "pw-copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy " + name + " with its link");
    button.addEventListener("click", function () {
      var words = [name], next = button.nextElementSibling;
      while (next && !next.matches(".pw-meta, h2, h3, details")) {
        var items = next.matches("ul, ol") ? all("li", next).map(function (item) { return "- " + item.innerText.trim(); }) : [next.innerText.trim()];
        words = words.concat(items);
        next = next.nextElementSibling;
      }
      var address = location.href.split("#")[0] + "#" + head.id;
      copy(words.concat(address).join("\n"), "Copied " + name + ".");
    });
    head.parentNode.insertBefore(button, head.nextSibling);
  }

  function checklists() {
    var boxes = all(".pw-tick");
    if (!boxes.length) { return; }
    var keep = one("[data-tool=keep]"), tools = one(".pw-tools");
    var open = boxes.filter(function (box) { return !box.disabled; });
    function id(box) { return box.closest("[data-task]").dataset.task; }
    function count() {
      var done = boxes.filter(function (box) { return box.checked; }).length;
      one(".pw-said", tools).textContent = done + " of " + boxes.length + " done";
    }
    function ticks() { try { return JSON.parse(store.get("ticks") || "{}"); } catch (error) { return {}; } }
    function save() {
      if (!keep.checked) { store.forget("ticks"); return; }
      var kept = ticks();
      open.forEach(function (box) { if (box.checked) { kept[id(box)] = 1; } else { delete kept[id(box)]; } });
      store.set("ticks", JSON.stringify(kept));
    }
    keep.checked = store.get("ticks") !== null;
    if (keep.checked) { var kept = ticks(); open.forEach(function (box) { box.checked = !!kept[id(box)]; }); }
    open.forEach(function (box) { box.addEventListener("change", function () { count(); save(); }); });
    keep.addEventListener("change", save);
    one("[data-tool=markdown]").addEventListener("click", function () {
      var lines = all(".pw-task-item").map(function (item) {
        var words = one("label span", item).innerText.replace(/\s+/g, " ").trim();
        return "- [" + (one(".pw-tick", item).checked ? "x" : " ") + "] " + words;
      });
      copy("## " + one("h1").firstChild.textContent.trim() + "\n\n" + lines.join("\n") + "\n", boxes.length + " items copied.");
    });
    count();
  }

  function dueDates() {
    var now = new Date();
    var today = [now.getFullYear(), ("0" + (now.getMonth() + 1)).slice(-2), ("0" + now.getDate()).slice(-2)].join("-");
    all("[data-due]").forEach(function (note) { if (note.dataset.due < today) { note.hidden = false; } });
  }

  /* Only the pages with a form need what judges and saves answers. */
  function answers() {
    if (!one("#pw-asking") || !here) { return; }
    ["rules.js", "answer.js"].forEach(function (name) {
      var script = document.createElement("script");
      script.src = here.replace(/[^/]*$/, name);
      script.async = false;
      document.head.appendChild(script);
    });
  }

  /* A result of the search names a provision, because the theme shows one result for each address without its anchor. */
  function asked() {
    var id = new URLSearchParams(location.search).get("provision");
    if (id && !location.hash && document.getElementById(id)) { location.replace("#" + id); }
  }

  function start() {
    asked();
    answers();
    all(".pw-tools").forEach(function (bar) { bar.hidden = false; });
    all("[data-tool=print]").forEach(function (button) { button.addEventListener("click", function () { print(); }); });
    filterFindings();
    policyTools();
    checklists();
    dueDates();
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
}());
