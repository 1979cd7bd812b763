"""The page that a browser sees until it has shown the key: it takes the key from the address and enters."""

from __future__ import annotations

from policywright.answering.visitors import TOKEN_HEADER
from policywright.pages.server_settings import security_policy

ENTER = "/-/enter"
"""The address to which the page sends the key."""

# The part of an address after “#” is never sent to a server, so the key is in no log and no referrer.
# The state of the history remembers that the browser has entered: without cookies it would try for ever.
_SCRIPT = """
(function () {
  "use strict";
  function show(name) {
    ["opening", "without", "wrong", "ended", "refused"].forEach(function (one) {
      document.getElementById(one).hidden = one !== name;
    });
  }
  function enter() {
    var found = /[#&]token=([\\w-]+)/.exec(location.hash);
    if (!found) { return show("without"); }
    if (history.state === found[1].slice(0, 8)) { return show("refused"); }
    show("opening");
    fetch("ENTER", { method: "POST", headers: { "HEADER": found[1] } }).then(
      function (reply) {
        if (!reply.ok) { return show("wrong"); }
        history.replaceState(found[1].slice(0, 8), "");
        location.reload();
      },
      function () { show("ended"); }
    );
  }
  window.addEventListener("hashchange", enter);
  enter();
})();
""".replace("ENTER", ENTER).replace("HEADER", TOKEN_HEADER)

_AGAIN = "Copy the whole address from the terminal in which <code>policywright answer</code> runs, and open it here."

ENTRY_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Answer in the browser</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.125rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 34rem; padding: 0 1rem; }}
</style>
</head>
<body>
<main>
<h1>Answer in the browser</h1>
<div role="status">
<p id="opening" hidden>Opening …</p>
<p id="without" hidden>This address has no key, so these pages stay closed. {_AGAIN}</p>
<p id="wrong" hidden>The key in this address is not valid; each start of the command makes a new one. {_AGAIN}</p>
<p id="ended" hidden>The program has ended. Run <code>policywright answer</code> again and open its new address.</p>
<p id="refused" hidden>Your browser does not accept cookies for this address. Allow cookies for 127.0.0.1, then open the
address from the terminal again.</p>
</div>
<noscript><p>This page needs JavaScript to read the key in its address. Without it, read the site that
<code>mkdocs build</code> makes, and answer in the YAML files.</p></noscript>
</main>
<script>{_SCRIPT}</script>
</body>
</html>
"""

ENTRY_POLICY = security_policy([ENTRY_PAGE])
"""Lets the page's script run, and nothing else."""
