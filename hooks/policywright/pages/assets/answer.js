/* The forms in which offices answer: what follows from each answer, the review, and three ways to save.

   The form, the facts about its questions and every word are in the page; rules.js judges. Nothing leaves the browser
   but what the person saves, and that goes to the server which the page came from.
*/
(() => {
  "use strict";

  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const one = (query, root = document) => root.querySelector(query);
  const form = one("#pw-asking");
  const facts = JSON.parse(one("#pw-form-facts").textContent);
  const rules = facts.rules || null;
  /* The first page asks for the preset and the offices too, and knows no text of the policy. */
  const first = Boolean(rules && rules.presets);
  const SAVE = "/-/save", SESSION = "/-/session", TOKEN = "policywright-token";
  const SEVERITIES = ["blocker", "warning", "advice"];
  const BLOCKS = new Set(["blocker", "warning"]);

  const WORDS = Object.fromEntries(all("#pw-words dt").map((key) => [key.textContent, key.nextElementSibling.textContent]));
  const words = (key, fill = {}) => WORDS[key].replace(/\{(\w+)\}/g, (_, name) => fill[name]);

  /* An element with its content: texts, which are never HTML, and other elements. */
  function make(name, attributes = {}, ...content) {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => { made.setAttribute(key, value); });
    made.append(...content);
    return made;
  }

  /* What people wrote may run from right to left. */
  const quoted = (text) => make("bdi", {}, text);

  const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

  /* Answers as the form has them */

  /* Nothing chosen is no answer; “none” is one, and so is “unknown”. */
  const READERS = {
    choices: (ask) => ask.ranked(),
    choice: (ask) => ask.ticked()[0] || null,
    yes_no: (ask) => ask.ticked()[0] || null,
    list: (ask) => listed(one("textarea", ask.box).value),
    number: (ask) => (ask.typed() === "" ? null : Number(ask.typed())),
    records: (ask) => rowsOf(ask.box),
  };

  const listed = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
  const orNull = (list) => (list.length ? list : null);

  class Ask {
    constructor(box) {
      this.box = box;
      this.id = box.dataset.question;
      this.facts = facts.questions[this.id];
      this.name = one("legend", box).textContent;
      this.changed = false;
      this.agreed = false;
      this.order = this.facts.order || [];
      this.start = this.read();
      this.mark = one(".pw-q__mark", box);
      this.marked = this.mark.cloneNode(true);
    }

    typed() { return one("input:not([data-apart]), textarea", this.box).value.trim(); }

    ticked() { return all("input:checked:not([data-apart], [data-tool])", this.box).map((input) => input.value); }

    /* What was there keeps its order; what is ticked comes after it. */
    ranked() {
      const now = this.ticked();
      this.order = [...this.order.filter((value) => now.includes(value)), ...now.filter((value) => !this.order.includes(value))];
      return [...this.order];
    }

    apart() { return all("input[data-apart]:checked", this.box).map((input) => input.value)[0]; }

    read() {
      const apart = this.apart();
      if (apart !== undefined) { return apart === "" ? [] : apart; }
      const read = READERS[this.facts.type];
      const value = read ? read(this) : this.typed() || null;
      return Array.isArray(value) ? orNull(value) : value;
    }

    write(value) {
      const taken = Array.isArray(value) ? value : [value];
      all("input[data-apart]", this.box).forEach((input) => {
        input.checked = input.value === "" ? Array.isArray(value) && !value.length : input.value === value;
      });
      if (this.facts.type === "records") { writeRows(this.box, Array.isArray(value) ? value : []); return; }
      const field = one("textarea, input:not([type=radio], [type=checkbox])", this.box);
      if (field) {
        field.value = value === null || this.apart() ? "" : taken.join("\n");
      } else { this.choices().forEach((input) => { input.checked = taken.includes(input.value); }); }
      this.order = taken;
    }

    choices() { return all(".pw-choice input:not([data-apart])", this.box); }

    said(value) {
      if (value === null) { return words("emptied"); }
      if (all("input[data-apart]", this.box).some((input) => input.value !== "" && input.value === value)) { return words("unknown"); }
      if (this.facts.type === "records") { return value.length === 1 ? words("entry") : words("entries", { n: value.length }); }
      return (Array.isArray(value) ? value : [value]).map((item) => this.label(item)).join("; ") || words("none");
    }

    label(value) {
      const input = this.choices().find((other) => other.value === value);
      return input ? input.labels[0].textContent.trim() : String(value);
    }
  }

  /* Rows of a register */

  const columnsOf = (row) => all("[data-column]", row);

  function cellOf(cell) {
    if (cell.dataset.type === "choices") { return orNull(all("input:checked", cell).map((input) => input.value)); }
    const { value } = one("input, select, textarea", cell);
    if (cell.dataset.type === "list") { return orNull(listed(value)); }
    if (cell.dataset.type === "number") { return value === "" ? null : Number(value); }
    return value.trim() || null;
  }

  function rowOf(row) {
    const pairs = columnsOf(row).map((cell) => [cell.dataset.column, cellOf(cell)]);
    return Object.fromEntries(pairs.filter(([, value]) => value !== null));
  }

  const isFilled = (row) => Object.keys(row).length > 0;
  const rowsOf = (box) => all(".pw-row", box).map(rowOf).filter(isFilled);

  function addRow(box, values = {}) {
    const row = one("template", box).content.firstElementChild.cloneNode(true);
    columnsOf(row).forEach((cell) => { fillCell(cell, values[cell.dataset.column]); });
    one(".pw-rows", box).append(row);
    return row;
  }

  function fillCell(cell, value) {
    if (value === undefined) { return; }
    if (cell.dataset.type === "choices") {
      all("input", cell).forEach((input) => { input.checked = value.includes(input.value); });
    } else { one("input, select, textarea", cell).value = Array.isArray(value) ? value.join("\n") : value; }
  }

  function writeRows(box, rows) {
    one(".pw-rows", box).replaceChildren();
    (rows.length ? rows : [{}]).forEach((row) => { addRow(box, row); });
    numberRows(box);
  }

  function numberRows(box) {
    all(".pw-row", box).forEach((row, at) => {
      one("legend", row).textContent = words("entry_n", { n: at + 1 });
      one("[data-tool=remove]", row).hidden = false;
    });
  }

  function openRegister(box) {
    numberRows(box);
    const add = one("[data-tool=add]", box);
    add.parentElement.hidden = false;
    add.addEventListener("click", () => {
      const row = addRow(box);
      numberRows(box);
      one("input, select, textarea", row).focus();
    });
    box.addEventListener("click", (event) => {
      if (!event.target.matches("[data-tool=remove]")) { return; }
      event.target.closest(".pw-row").remove();
      numberRows(box);
      add.focus();
      changed(byId.get(box.dataset.question));
    });
  }

  const asks = all("[data-question]", form).map((box) => new Ask(box));
  const byId = new Map(asks.map((ask) => [ask.id, ask]));

  /* What the rules say: rules.js gives the values in force, what is asked, the findings and the provisions. */

  let judged = null;

  /* Words of the questions on this page are not twice in the page. */
  function completeRules() {
    asks.filter((ask) => rules.questions[ask.id]).forEach((ask) => {
      const question = rules.questions[ask.id];
      question.help = ask.name;
      Object.entries(question.choices || {}).forEach(([value, said]) => { said[0] = ask.label(value); });
    });
  }

  function own(without) {
    const mine = asks.filter((ask) => ask !== without && (ask.changed || ask.agreed));
    return Object.fromEntries(mine.map((ask) => [ask.id, ask.read()]));
  }

  const judge = (answers) => (rules ? globalThis.policywrightRules.judge(first ? chosen() : rules, answers) : null);

  /* The rules with the preset and the offices that the page has, made once for each choice. */
  let chosenFor = "", chosenRules = null;

  function chosen() {
    const box = (name) => policy.find((other) => other.dataset.policy === name);
    const preset = box("preset") ? readPolicy(box("preset")) : rules.preset;
    const asked = box("offices") ? all("input", box("offices")) : [];
    const unasked = rules.missing.filter((role) => !asked.some((input) => input.value === role));
    const missing = [...unasked, ...asked.filter((input) => !input.checked).map((input) => input.value)];
    const key = JSON.stringify([preset, missing]);
    if (key !== chosenFor) { [chosenFor, chosenRules] = [key, globalThis.policywrightRules.under(rules, preset, missing)]; }
    return chosenRules;
  }

  function judgeAll() {
    if (!rules) { return; }
    judged = judge(own());
    asks.forEach((ask) => {
      followAsked(ask);
      if (!first) { followAssumed(ask); }
    });
    all("details.pw-group[data-part]", form).forEach(followGroup);
    showConflicts();
  }

  const isAsked = (ask) => !(judged && judged.asked[ask.id] === false);

  function followAsked(ask) {
    ask.box.hidden = !isAsked(ask);
    all(".pw-q__when", ask.box).forEach((when) => { when.hidden = true; });
    ask.box.classList.remove("pw-q--unasked");
  }

  /* What the preset assumes may depend on another answer of this page. */
  function followAssumed(ask) {
    const now = judged.values[ask.id];
    if (!now || ask.changed || ask.agreed || ask.facts.was !== null || now.origin === "agency") { return; }
    if (!same(ask.read(), now.value)) { ask.write(now.value); ask.start = ask.read(); }
  }

  const canAgree = (ask) => isAsked(ask) && !ask.changed && !ask.agreed && ask.read() !== null;
  const inGroup = (group) => all("[data-question]", group).map((box) => byId.get(box.dataset.question));
  const forAll = (group) => inGroup(group).filter((ask) => canAgree(ask) && !ask.facts.fact);

  function followGroup(group) {
    const held = inGroup(group);
    const open = forAll(group).length, done = held.filter((ask) => ask.agreed || ask.changed).length;
    group.hidden = !held.some(isAsked);
    const tool = one("[data-tool=agree-all]", group);
    tool.parentElement.hidden = !open;
    tool.textContent = open === 1 ? words("agree_one") : words("agree_many", { n: open });
    if (done) { one(".pw-group__state", group).textContent = words("agreed", { n: done, of: held.filter(isAsked).length }); }
  }

  /* Provisions are Markdown; here they are plain words. */
  function plain(markdown) {
    const line = markdown.split("\n").find((part) => part.trim()) || "";
    const bare = line.replace(/\*\*|__|`|\[\^[^\]]*\]|\[([^\]]*)\]\([^)]*\)/g, "$1");
    return new DOMParser().parseFromString(bare, "text/html").body.textContent;
  }

  function differences(before, after) {
    const old = new Map(before.provisions.map((provision) => [provision.id, provision]));
    const was = (provision) => (old.get(provision.id) || {}).state === true;
    const here = after.provisions.filter((provision) => provision.state === true);
    const now = new Set(here.map((provision) => provision.id));
    return {
      enters: here.filter((provision) => !was(provision)),
      leaves: before.provisions.filter((provision) => provision.state === true && !now.has(provision.id)),
      reads: here.filter((provision) => was(provision) && old.get(provision.id).text !== provision.text),
    };
  }

  function provisionList(key, found) {
    if (!found.length) { return []; }
    const rows = found.map((provision) => make("li", {}, make("strong", {}, provision.title), ...quotation(provision)));
    return [make("p", { class: "pw-label" }, words(key).replace(/:$/, "")), make("ul", {}, ...rows)];
  }

  const quotation = (provision) => (provision.text ? [" ", quoted(plain(provision.text))] : []);

  /* A few provisions are shown at once, many only where somebody wants to read them. */
  function differenceParts(found) {
    const parts = ["enters", "leaves", "reads"].flatMap((key) => provisionList(key, found[key]));
    if (!parts.length) { return [make("p", {}, words("nothing"))]; }
    const details = make("details", { class: "pw-whatif" }, make("summary", {}, effectOf(found)), ...parts);
    details.open = found.enters.length + found.leaves.length + found.reads.length <= FEW;
    return [details];
  }

  const FEW = 4;

  function effectOf(found) {
    const said = ["enters", "leaves", "reads"].filter((key) => found[key].length);
    const counts = said.map((key) => words(found[key].length === 1 ? `${key}_one` : `${key}_many`, { n: found[key].length }));
    return counts.length ? `${counts.join(", ")}.` : "";
  }

  /* Conflicts: each with the answers that take part in it, and whose they are. */

  const inOrder = (findings) => [...findings].sort((one_, two) => SEVERITIES.indexOf(one_.severity) - SEVERITIES.indexOf(two.severity));

  function saidHere(id) {
    const ask = byId.get(id);
    const value = ask.read();
    const assumed = value === null ? judged.values[id].value : null;
    const said = assumed === null ? words("here", { answer: value === null ? words("open_here") : ask.said(value) })
      : words("left_out", { text: ask.said(assumed) });
    return make("li", {}, make("a", { href: `#${ask.box.id}` }, ask.name), " ", said);
  }

  function saidElsewhere(id) {
    const question = rules.questions[id];
    const { value, origin } = judged.values[id];
    const labels = (Array.isArray(value) ? value : [value]).map((item) => ((question.choices || {})[item] || [String(item)])[0]);
    const answer = value === null ? words("open_here") : labels.join("; ") || words("none");
    const key = origin === "preset" ? "assumed_there" : "other_office";
    return make("li", {}, quoted(words(key, { question: question.help, office: facts.offices[facts.owners[id]], answer: answer })));
  }

  function card(finding) {
    const part = finding.questions.map((id) => (byId.has(id) ? saidHere(id) : saidElsewhere(id)));
    return make("div", { class: `pw-card pw-card--${finding.severity}` },
      make("p", { class: "pw-card__head" }, make("span", { class: `pw-sev pw-sev--${finding.severity}` }, finding.severity), " ",
        make("span", { class: "pw-code" }, finding.code)),
      make("p", {}, make("strong", {}, finding.message)),
      make("p", { class: "pw-label" }, words("takes_part").replace(/:$/, "")), make("ul", {}, ...part),
      make("p", { class: "pw-fix" }, make("strong", {}, words("fix")), " ", finding.fix));
  }

  function showConflicts() {
    const found = inOrder(judged.findings);
    const number = found.filter((finding) => BLOCKS.has(finding.severity)).length;
    const count = one("#pw-count");
    count.textContent = number === 1 ? words("one_conflict") : number ? words("conflicts", { n: number }) : words("no_conflict");
    one("#pw-conflicts").hidden = !found.length;
    count.hidden = !found.length;
    one("#pw-conflicts .pw-listed").replaceChildren(...found.map(card));
  }

  /* What an answer changes is told once; the conflicts that it takes part in depend on every other answer too. */
  function showEffect(ask) {
    const place = one("[data-tool=effect]", ask.box);
    if (!rules) { return; }
    const beyond = (judged.beyond || []).includes(ask.id) || !rules.questions[ask.id];
    const told = beyond ? [make("p", {}, words("beyond"))] : first ? [] : differenceParts(differences(judge(own(ask)), judged));
    place.replaceChildren(...(ask.changed ? [make("div"), ...(told.length ? [make("div", {}, ...told)] : [])] : []));
    asks.forEach(showCards);
  }

  function showCards(ask) {
    const place = one("[data-tool=effect] > div", ask.box);
    const found = inOrder(judged.findings).filter((finding) => finding.questions.includes(ask.id));
    if (place) { place.replaceChildren(...found.map(card)); }
  }

  function showAlternatives(ask, details) {
    const choices = all("input[type=radio]:not([data-apart])", ask.box).filter((input) => !input.checked);
    const parts = choices.flatMap((input) => {
      const other = judge({ ...own(), [ask.id]: input.value });
      const head = make("p", {}, make("strong", {}, words("change_to", { text: ask.label(input.value) })));
      const news = inOrder(other.findings).filter((finding) => !judged.findings.some((old) => old.code === finding.code));
      return [head, ...news.map((finding) => make("p", {}, words("new_conflict", { text: finding.message }))),
        ...differenceParts(differences(judged, other))];
    });
    one(".pw-listed", details).replaceChildren(...parts);
  }

  /* The line at the foot of the window, which screen readers say aloud. */
  function announce(before) {
    if (!before) { return; }
    const codes = (verdict) => new Set(verdict.findings.map((finding) => finding.code));
    const old = codes(before), now = codes(judged);
    const found = differences(before, judged);
    const news = judged.findings.filter((finding) => !old.has(finding.code) && BLOCKS.has(finding.severity));
    const gone = before.findings.filter((finding) => !now.has(finding.code) && BLOCKS.has(finding.severity));
    const asked = asks.filter((ask) => before.asked[ask.id] === false && isAsked(ask));
    say([
      ...news.map((finding) => words("new_conflict", { text: finding.message })),
      ...gone.map((finding) => words("solved", { text: finding.message })),
      effectOf(found),
      ...asked.map((ask) => words("now_asked", { text: ask.name })),
    ].filter(Boolean).join(" "));
  }

  const say = (text) => { one("#pw-said").textContent = text; };

  /* What a person does */

  function changed(ask) {
    const value = ask.read();
    const before = judged;
    ask.changed = !same(value, ask.start);
    ask.agreed = ask.agreed && !ask.changed;
    judgeAll();
    announce(before);
    settleTools(ask);
    showEffect(ask);
    followLeftOut();
    keep();
    showReview();
  }

  function agree(some, on) {
    some.forEach((ask) => { ask.agreed = on; settleTools(ask); });
    judgeAll();
    keep();
    showReview();
  }

  function settleTools(ask) {
    const tool = (name) => one(`[data-tool=${name}]`, ask.box);
    const value = ask.read();
    if (!tool("agree")) { return; }
    tool("agree").checked = ask.agreed;
    tool("agree").closest("label").hidden = !rules || first || ask.changed || value === null;
    tool("undo").hidden = !ask.changed;
    tool("empty").hidden = value === null || (ask.start !== null && ask.facts.was === null && !ask.changed);
    tool("change").hidden = !rules || first || !rules.questions[ask.id] || !["choice", "yes_no"].includes(ask.facts.type);
    all(".pw-puts", ask.box).forEach((puts) => { puts.hidden = ask.changed; });
    if (ask.changed || ask.agreed) {
      ask.mark.replaceChildren(make("span", { class: "pw-origin pw-origin--agency" }, words(ask.changed ? "mark_changed" : "mark_agreed")));
    } else { ask.mark.replaceChildren(...[...ask.marked.cloneNode(true).childNodes]); }
  }

  function addTools(ask) {
    const tools = one("#pw-tools").content.firstElementChild.cloneNode(true);
    ask.box.append(tools);
    const on = (name, event, act) => one(`[data-tool=${name}]`, tools).addEventListener(event, act);
    on("agree", "change", (event) => { event.stopPropagation(); agree([ask], event.target.checked); });
    on("undo", "click", () => { ask.write(ask.start); changed(ask); ask.box.scrollIntoView({ block: "nearest" }); focusOn(ask); });
    on("empty", "click", () => { ask.write(null); changed(ask); focusOn(ask); });
    on("change", "toggle", (event) => { if (event.target.open) { showAlternatives(ask, event.target); } });
    one("[data-tool=change] > summary", tools).append(make("span", { class: "pw-hidden" }, `: ${ask.name}`));
    one("[data-tool=agree] + span", tools).append(make("span", { class: "pw-hidden" }, `: ${ask.name}`));
  }

  const focusOn = (ask) => one("input:not([data-tool]), textarea, select", ask.box).focus({ preventScroll: true });

  /* “None” and “we do not know yet” exclude everything else. */
  function exclude(ask, input) {
    if (input.type !== "checkbox" || !input.checked) {
      if (input.matches("textarea, input[type=text]") && input.value) { dropApart(ask); }
      return;
    }
    if (input.dataset.apart !== undefined) {
      all("input[type=checkbox]:not([data-tool])", ask.box).forEach((other) => { other.checked = other === input; });
      all("textarea", ask.box).forEach((area) => { area.value = ""; });
    } else { dropApart(ask); }
  }

  function dropApart(ask) {
    all("input[data-apart]", ask.box).forEach((other) => { other.checked = false; });
  }

  function openGroups() {
    const template = one("#pw-agree");
    all("details.pw-group[data-part]", form).forEach((group) => {
      group.append(template.content.firstElementChild.cloneNode(true));
      one("[data-tool=agree-all]", group).addEventListener("click", () => {
        agree(forAll(group), true);
        one("summary", group).focus();
      });
      group.open = false;
    });
    addEventListener("beforeprint", () => all("details.pw-group[data-part]", form).forEach((group) => { group.open = true; }));
  }

  /* A link to a question leads into its group. */
  function goTo() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    const group = target && target.closest("details");
    if (group) { group.open = true; target.scrollIntoView(); }
  }

  /* What an answers file says */

  function answersFile() {
    const answers = {};
    asks.filter((ask) => (ask.changed || ask.agreed) && isAsked(ask)).forEach((ask) => {
      answers[ask.id] = { value: ask.read(), was: ask.facts.was, change: ask.changed ? "set" : "confirm" };
    });
    const head = { format: facts.format, catalog: facts.catalog, version: facts.version, agency: facts.agency, office: facts.office };
    return { ...head, name: one("#pw-name").value.trim(), date: one("#pw-date").value, answers: { ...answers, ...ownPolicy() } };
  }

  /* What the first page asks that is in policy.yml */
  const policy = all("[data-policy]", form);
  const policyStart = new Map(policy.map((box) => [box, readPolicy(box)]));

  function readPolicy(box) {
    if (box.dataset.policy === "offices") {
      const absent = all("input:not(:checked)", box).map((input) => [input.value, "none"]);
      return Object.fromEntries(absent);
    }
    if (box.dataset.policy === "adoption") { return one("input", box).value.trim() || null; }
    return all("input:checked", box).map((input) => input.value)[0] || null;
  }

  function writePolicy(box, value) {
    if (box.dataset.policy === "adoption") { one("input", box).value = value || ""; return; }
    const on = box.dataset.policy === "offices" ? (input) => !(input.value in value) : (input) => input.value === value;
    all("input", box).forEach((input) => { input.checked = on(input); });
  }

  const policyName = (box) => `policy.${box.dataset.policy}`;
  const alteredPolicy = () => policy.filter((box) => !same(readPolicy(box), policyStart.get(box)));

  function ownPolicy() {
    return Object.fromEntries(alteredPolicy().map((box) => [policyName(box), {
      value: readPolicy(box), was: policyStart.get(box), change: "set",
    }]));
  }

  /* The offices are said by those that do not exist. */
  function policySaid(box, value = readPolicy(box)) {
    if (box.dataset.policy === "adoption") { return value || words("usual_body"); }
    const said = all("input", box).filter((input) => (box.dataset.policy === "offices" ? value && value[input.value] : input.value === value));
    const names = said.map((input) => {
      const name = input.labels[0].textContent.trim();
      return box.dataset.policy !== "offices" ? name : value[input.value] === "none" ? words("no_office", { text: name }) : `${name}: ${value[input.value]}`;
    });
    return names.join("; ") || words("none");
  }

  /* What is left out on the first page follows from the preset, and from the kind of agency. */
  function followLeftOut() {
    all(".pw-q__assumed", form).forEach((note) => {
      const ask = byId.get(note.closest("[data-question]").dataset.question);
      const { value } = judged.values[ask.id];
      note.hidden = value === null || ask.read() !== null;
      note.textContent = note.hidden ? "" : words("left_out", { text: ask.said(value) });
    });
    all("[data-tool=usual]", form).forEach((note) => {
      note.hidden = readPolicy(note.closest("[data-policy]")) !== null;
      note.textContent = words("usual", { text: judged.usual });
    });
  }

  function changedPolicy() {
    const before = judged;
    judgeAll();
    announce(before);
    asks.forEach(showCards);
    followLeftOut();
    keep();
    showReview();
  }

  /* Review */

  function reviewed(key, rows) {
    if (!rows.length) { return []; }
    return [make("h3", {}, `${words(key)} (${rows.length})`), make("ul", { class: "pw-reviewed" }, ...rows)];
  }

  function folded([head, ...rows]) {
    return head ? [make("details", { class: "pw-group" }, make("summary", {}, head.textContent), ...rows)] : [];
  }

  function reviewRow(ask, ...said) {
    return make("li", {}, make("a", { href: `#${ask.box.id}` }, ask.name), ...said);
  }

  const answerRow = (ask) => reviewRow(ask, make("strong", {}, quoted(ask.said(ask.read()))),
    ...(ask.changed && ask.start !== null ? [make("span", { class: "pw-small" }, words("was", { text: ask.said(ask.start) }))] : []));

  function policyRow(box) {
    return make("li", {}, make("a", { href: `#${box.id}` }, one("legend", box).textContent), make("strong", {}, quoted(policySaid(box))));
  }

  function showReview() {
    const live = asks.filter(isAsked);
    const done = [...alteredPolicy().map(policyRow), ...live.filter((ask) => ask.changed).map(answerRow)];
    const agreed = live.filter((ask) => ask.agreed).map(answerRow);
    const left = live.filter((ask) => ask.facts.essential && ask.read() === null);
    const assumed = live.filter((ask) => ask.facts.essential && !ask.changed && !ask.agreed && ask.facts.was === null && ask.read() !== null);
    const parts = [...reviewed("changed", done), ...reviewed("confirmed", agreed)];
    one("#pw-review").replaceChildren(
      ...(parts.length ? parts : [make("p", {}, words("none_yet"))]),
      ...reviewed("left", left.map((ask) => reviewRow(ask))),
      ...folded(reviewed("assumed", assumed.map((ask) => reviewRow(ask)))),
    );
    if (one("#pw-yaml").open) { showYaml(); }
  }

  /* YAML for people who edit on the forge. Quoted texts mean the same in every reader of YAML. */

  const scalar = (value) => (typeof value === "number" ? String(value) : `'${String(value).replace(/\s+/g, " ").replaceAll("'", "''")}'`);
  const inline = (value) => (Array.isArray(value) ? `[${value.map(scalar).join(", ")}]` : value === null ? "" : scalar(value));

  function rowYaml(row) {
    return Object.entries(row).map(([key, value], at) => `${at ? "  " : "- "}${key}: ${inline(value)}`).join("\n");
  }

  function yamlOf(id, value) {
    const ask = byId.get(id);
    if (ask.facts.type === "records") { return value && value.length ? value.map(rowYaml).join("\n") : "[]"; }
    return `${id.split(".")[1]}: ${inline(value)}`.trimEnd();
  }

  function policyYaml(key, value) {
    const name = key.split(".")[1];
    if (name === "adoption") { return `adoption:\n  body: ${inline(value)}`.trimEnd(); }
    if (typeof value === "string") { return `${name}: ${value}`; }
    return [`${name}:`, ...Object.entries(value).map(([role, word]) => `  ${role}: ${word}`)].join("\n");
  }

  function byFile() {
    const files = new Map();
    Object.entries(answersFile().answers).forEach(([id, { value }]) => {
      const mine = byId.get(id);
      const file = mine ? mine.facts.file : "policy.yml";
      files.set(file, [...(files.get(file) || []), mine ? yamlOf(id, value) : policyYaml(id, value)]);
    });
    return files;
  }

  function showYaml() {
    const parts = [...byFile()].map(([file, lines]) => {
      const text = lines.join("\n");
      const copy = make("button", { type: "button", class: "pw-tool" }, words("copy"), make("span", { class: "pw-hidden" }, ` ${file}`));
      const edit = facts.edit && facts.edit[file];
      copy.addEventListener("click", () => copyText(text));
      return make("div", {}, make("h3", {}, file), make("pre", { tabindex: "0", role: "region", "aria-label": file }, text),
        make("p", {}, copy, ...(edit ? [" ", make("a", { href: edit }, words("edit"))] : [])));
    });
    one(".pw-yaml").replaceChildren(...(parts.length ? parts : [make("p", {}, words("none_yet"))]));
  }

  function copyText(text) {
    const area = make("textarea", { class: "pw-hidden", "aria-hidden": "true" });
    const byHand = () => {
      area.value = text;
      document.body.append(area);
      area.select();
      const worked = document.execCommand("copy");
      area.remove();
      say(words(worked ? "copied" : "not_copied"));
    };
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(() => say(words("copied")), byHand);
    } else { byHand(); }
  }

  /* Mistakes that a browser can find; everything else is checked by what reads the answers. */

  function mistakesOf(ask) {
    if (!ask.changed || !isAsked(ask)) { return []; }
    if (ask.facts.type === "records") { return rowMistakes(ask); }
    const wrong = all("input", ask.box).find((input) => input.validity.badInput);
    return wrong ? [[wrong, words(ask.facts.type === "number" ? "no_number" : "no_date", { question: ask.name })]] : [];
  }

  function rowMistakes(ask) {
    return all(".pw-row", ask.box).flatMap((row, at) => {
      if (!isFilled(rowOf(row))) { return []; }
      const empty = all("[required]", row).filter((field) => !field.value.trim());
      return empty.map((field) => [field, words("required", {
        question: ask.name, n: at + 1, text: one("span", field.closest("[data-column]")).textContent,
      })]);
    });
  }

  function isSound() {
    const found = asks.flatMap(mistakesOf);
    const summary = one("#pw-errors");
    all("[aria-invalid]", form).forEach((field) => { field.removeAttribute("aria-invalid"); });
    found.forEach(([field]) => { field.setAttribute("aria-invalid", "true"); });
    one(".pw-listed", summary).replaceChildren(...found.map(([field, text]) => {
      const link = make("a", { href: `#${field.closest("[data-question]").id}` }, text);
      link.addEventListener("click", (event) => { event.preventDefault(); field.focus(); });
      return make("li", {}, link);
    }));
    summary.hidden = !found.length;
    if (found.length) { summary.focus(); }
    return !found.length;
  }

  /* Saving */

  function download() {
    if (!isSound()) { return; }
    const file = answersFile();
    const name = `${facts.office || form.dataset.name || "everything"}.answers.json`;
    const address = URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 1)}\n`], { type: "application/json" }));
    const link = make("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
    tell(words("downloaded", { text: name }));
  }

  function tell(text, failed = false, more = []) {
    const place = one("#pw-saved");
    place.classList.toggle("pw-failed", failed);
    place.replaceChildren(text);
    one("#pw-decisions").replaceChildren(...more);
    place.focus();
  }

  const session = {
    get: () => { try { return sessionStorage.getItem(TOKEN); } catch { return null; } },
    set: (token) => { try { sessionStorage.setItem(TOKEN, token); } catch { /* then the address is needed again */ } },
  };

  /* The server hands the token over in the address; it does not stay there. */
  function takeToken() {
    const found = /[#&]token=([^&]+)/.exec(location.hash);
    if (!found) { return session.get(); }
    session.set(found[1]);
    const rest = location.hash.replace(/&?token=[^&]+/, "");
    history.replaceState(null, "", location.pathname + location.search + (rest === "#" ? "" : rest));
    return found[1];
  }

  const isHere = () => location.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);

  function send(token, replace) {
    const file = answersFile();
    const body = JSON.stringify(replace.length ? { ...file, replace: replace } : file);
    return fetch(SAVE, { method: "POST", headers: { "Content-Type": "application/json", "X-Policywright-Token": token }, body: body })
      .then((reply) => reply.json().then((said) => [reply.ok, said], () => [false, {}]));
  }

  function save(token, replace = []) {
    if (!isSound()) { return; }
    tell(words("saving"));
    send(token, replace).then(([ok, reply]) => saved(token, ok, reply), () => tell(words("no_server"), true));
  }

  function saved(token, ok, reply) {
    const conflicts = reply.conflicts || [], written = reply.written || [];
    if (!ok || (!reply.saved && !conflicts.length)) {
      tell(reply.message || words("not_saved"), true);
      return;
    }
    if (reply.saved) { settle(new Set(conflicts.map((conflict) => conflict.question))); }
    const done = written.length ? words("saved", { text: written.join(", ") }) : words("saved_same");
    const text = reply.message || (reply.saved ? done : words("not_saved"));
    const wrong = (reply.findings || []).filter((finding) => finding.severity === "error");
    tell(conflicts.length ? `${text} ${words("differs")}` : text, conflicts.length > 0, [
      ...conflicts.map(decision), ...(conflicts.length ? [replaceButton(token)] : []), ...foundParts(wrong),
    ]);
  }

  /* What was saved is in the files now. */
  function settle(open) {
    asks.filter((ask) => (ask.changed || ask.agreed) && !open.has(ask.id)).forEach((ask) => {
      ask.start = ask.read();
      ask.facts.was = ask.start;
      if (rules && rules.questions[ask.id]) { rules.questions[ask.id].own = ask.start; }
      ask.changed = false;
      ask.agreed = false;
      ask.marked.replaceChildren(...[...ask.mark.cloneNode(true).childNodes]);
      settleTools(ask);
      showEffect(ask);
    });
    policy.filter((box) => !open.has(policyName(box))).forEach((box) => { policyStart.set(box, readPolicy(box)); });
    judgeAll();
    showReview();
    keep();
  }

  const foundParts = (findings) => inOrder(findings).map((finding) => make("div", { class: `pw-card pw-card--${finding.severity}` },
    make("p", { class: "pw-card__head" }, make("span", { class: `pw-sev pw-sev--${finding.severity}` }, finding.severity), " ", make("span", { class: "pw-code" }, finding.code)),
    make("p", {}, make("strong", {}, finding.message)), make("p", { class: "pw-fix" }, make("strong", {}, words("fix")), " ", finding.fix || "")));

  function decision(conflict) {
    const ask = byId.get(conflict.question);
    const box = policy.find((other) => policyName(other) === conflict.question);
    const spoken = (value = null) => (ask ? ask.said(value) : box ? policySaid(box, value) : JSON.stringify(value));
    const choice = (value, text, on) => make("div", { class: "pw-choice" }, make("label", {},
      make("input", { type: "radio", name: `replace-${conflict.question}`, value: value, ...(on ? { checked: "" } : {}) }), " ", make("span", {}, quoted(text))));
    return make("fieldset", { class: "pw-q", "data-conflict": conflict.question },
      make("legend", {}, ask ? ask.name : box ? one("legend", box).textContent : conflict.question), make("p", { class: "pw-small" }, conflict.message || ""),
      choice("theirs", words("theirs", { text: spoken(conflict.here) }), true), choice("mine", words("mine", { text: spoken(conflict.there) }), false));
  }

  function replaceButton(token) {
    const button = make("button", { type: "button", class: "md-button" }, words("replace"));
    button.addEventListener("click", () => {
      const boxes = all("[data-conflict]", one("#pw-decisions"));
      const isMine = (box) => one("input:checked", box).value === "mine";
      boxes.filter((box) => !isMine(box)).forEach((box) => { takeBack(box.dataset.conflict); });
      save(token, boxes.filter(isMine).map((box) => box.dataset.conflict));
    });
    return make("p", {}, button);
  }

  function takeBack(id) {
    const ask = byId.get(id), box = policy.find((other) => policyName(other) === id);
    if (ask) {
      ask.write(ask.start);
      changed(ask);
    } else if (box) {
      writePolicy(box, policyStart.get(box));
      changedPolicy();
    }
  }

  function openServer(token) {
    if (!token || !isHere()) { return; }
    fetch(SESSION, { headers: { "X-Policywright-Token": token } }).then((reply) => reply.json()).then((said) => {
      if (!said.server) { return; }
      const button = one("#pw-save");
      button.hidden = false;
      one("#pw-send").hidden = true;
      button.addEventListener("click", () => save(token));
    }).catch(() => { /* not our server: there is nothing to save to */ });
  }

  /* Progress is kept only where the person asked for it. */

  const KEPT = `policywright:answers:${location.pathname}`;
  const store = {
    get: () => { try { return JSON.parse(localStorage.getItem(KEPT)); } catch { return null; } },
    set: (value) => { try { localStorage.setItem(KEPT, JSON.stringify(value)); } catch { /* not allowed: not kept */ } },
    forget: () => { try { localStorage.removeItem(KEPT); } catch { /* nothing was kept */ } },
  };

  function keep() {
    if (!one("#pw-keep").checked) { return; }
    const mine = asks.filter((ask) => ask.changed || ask.agreed);
    store.set([...mine.map((ask) => [ask.id, ask.read(), ask.agreed]), ...alteredPolicy().map((box) => [policyName(box), readPolicy(box)])]);
  }

  function restore() {
    const kept = store.get();
    if (!Array.isArray(kept)) { return; }
    one("#pw-keep").checked = true;
    kept.filter(([id]) => byId.has(id)).forEach(([id, value, agreed]) => {
      const ask = byId.get(id);
      ask.write(value);
      ask.changed = !same(ask.read(), ask.start);
      ask.agreed = agreed && !ask.changed;
    });
    policy.forEach((box) => { kept.filter(([id]) => id === policyName(box)).forEach(([, value]) => { writePolicy(box, value); }); });
    if (kept.length) { say(words("kept")); }
  }

  function today() {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  /* What is typed is heeded in a pause. If it were heeded only when the field is left, what follows from it would move
     the button that is being clicked. */
  const TYPED = "textarea, input:not([type=radio], [type=checkbox])";
  const PAUSE = 300;
  let pause = 0, heeded = [];

  function heed(field) {
    const box = field.closest("[data-question]");
    heeded = field.matches(TYPED) ? [field, field.value] : [];
    if (box && !field.dataset.tool) {
      exclude(byId.get(box.dataset.question), field);
      changed(byId.get(box.dataset.question));
    } else if (field.closest("[data-policy]")) {
      changedPolicy();
    }
  }

  function listen() {
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      clearTimeout(pause);
      heeded = [];
      if (event.target.matches(TYPED)) { pause = setTimeout(() => heed(event.target), PAUSE); }
    });
    form.addEventListener("change", (event) => {
      clearTimeout(pause);
      if (event.target !== heeded[0] || event.target.value !== heeded[1]) { heed(event.target); }
    });
    one("#pw-download").addEventListener("click", download);
    one("#pw-yaml").addEventListener("toggle", showYaml);
    one("#pw-keep").addEventListener("change", (event) => { if (event.target.checked) { keep(); } else { store.forget(); } });
    addEventListener("hashchange", goTo);
    addEventListener("beforeunload", (event) => {
      const open = alteredPolicy().length || asks.some((ask) => ask.changed || ask.agreed);
      if (open && !one("#pw-keep").checked) { event.preventDefault(); }
    });
  }

  const token = takeToken();
  if (rules && !first) { completeRules(); }
  asks.forEach(addTools);
  all("[data-register]", form).forEach((rows) => { openRegister(rows.closest("[data-question]")); });
  openGroups();
  restore();
  judgeAll();
  asks.forEach(settleTools);
  followLeftOut();
  showReview();
  one("#pw-date").value = today();
  all(".pw-ways, .pw-bar", form).forEach((part) => { part.hidden = false; });
  one("#pw-unscripted").hidden = true;
  listen();
  openServer(token);
  goTo();
})();
