/* Judges answers as Policywright does: what is asked, assumed, in conflict, and in the policy. Reads and changes no page.

   Its data is what pages/form_data.py returns. A tree is a condition of language/conditions.py, and every function
   here has its model in Python: the order of names and the words that are filled in are the same. It has no words of
   its own. True, false and null are the three values; null is undecided.
*/
(() => {
  "use strict";

  /* Values are compared as Python compares them. A comparison of unlike things has no result: undefined. */

  const isList = Array.isArray;
  const isNumber = (value) => typeof value === "number" || typeof value === "boolean";
  const isObject = (value) => typeof value === "object" && value !== null && !isList(value);
  const isText = (value) => typeof value === "string";
  const has = (object, key) => Object.prototype.propertyIsEnumerable.call(object, key);
  const unique = (items) => [...new Set(items)];

  function equal(left, right) {
    if (isNumber(left) && isNumber(right)) { return Number(left) === Number(right); }
    if (isList(left) && isList(right)) {
      return left.length === right.length && left.every((item, at) => equal(item, right[at]));
    }
    if (isObject(left) && isObject(right)) {
      const keys = Object.keys(left);
      return keys.length === Object.keys(right).length
        && keys.every((key) => has(right, key) && equal(left[key], right[key]));
    }
    return left === right;
  }

  /* JavaScript orders the halves of a pair of surrogates; Python orders whole letters. */
  function textOrder(left, right) {
    const most = Math.min(left.length, right.length);
    let at = 0;
    while (at < most && left[at] === right[at]) { at += 1; }
    if (at === most) { return left.length - right.length; }
    const rank = (unit) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
    return rank(left.charCodeAt(at)) - rank(right.charCodeAt(at));
  }

  function order(left, right) {
    if (isNumber(left) && isNumber(right)) { return Number(left) - Number(right); }
    if (isText(left) && isText(right)) { return textOrder(left, right); }
    if (isList(left) && isList(right)) {
      const at = left.findIndex((item, place) => place < right.length && !equal(item, right[place]));
      return at < 0 ? left.length - right.length : order(left[at], right[at]);
    }
    return undefined;
  }

  function within(item, whole) {
    if (isText(whole)) { return isText(item) ? whole.includes(item) : undefined; }
    if (isList(whole)) { return whole.some((other) => equal(item, other)); }
    if (isObject(whole)) { return typeof item === "object" ? undefined : has(whole, item) && isText(item); }
    return undefined;
  }

  function ordered(test) {
    return (left, right) => {
      const result = order(left, right);
      return result === undefined ? undefined : test(result);
    };
  }

  const OPERATIONS = {
    "==": equal,
    "!=": (left, right) => !equal(left, right),
    "<": ordered((result) => result < 0),
    "<=": ordered((result) => result <= 0),
    ">": ordered((result) => result > 0),
    ">=": ordered((result) => result >= 0),
    "in": within,
    "not in": (left, right) => {
      const result = within(left, right);
      return result === undefined ? undefined : !result;
    },
  };

  function compare(operator, left, right) {
    if (left === null || right === null) { return null; }
    const result = OPERATIONS[operator](left, right);
    return result === undefined ? null : result;
  }

  function sizeOf(value) {
    if (isList(value)) { return value.length; }
    if (isText(value)) { return [...value].length; }
    return isObject(value) ? Object.keys(value).length : null;
  }

  const isEmpty = (value) => (typeof value === "object" ? sizeOf(value) === 0 : !value);

  /* Conditions: see evaluate, open_questions, witnesses and questions_in of language/conditions.py. `look` gives the
     value of a question, or null. */

  /* One part can decide, even if others are open. Every edit judges a thousand conditions, so no list is made here. */
  function joinedValue(tree, look) {
    const decisive = tree[0] === "or";
    let result = !decisive;
    for (let at = 1; at < tree.length; at += 1) {
      const part = evaluate(tree[at], look);
      if (part === decisive) { return decisive; }
      if (part === null) { result = null; }
    }
    return result;
  }

  function operand(tree, look) {
    if (tree[0] === "answer") { return look(tree[1]); }
    if (tree[0] === "count") { return sizeOf(look(tree[1][1])); }
    return tree[0] === "list" ? tree.slice(1) : tree[1];
  }

  function evaluate(tree, look) {
    const form = tree[0];
    if (form === "and" || form === "or") { return joinedValue(tree, look); }
    if (form === "named") { return evaluate(tree[2], look); }
    if (form === "not") {
      const result = evaluate(tree[1], look);
      return result === null ? null : !result;
    }
    if (form === "is answered") { return look(tree[1][1]) !== null; }
    if (form === "is empty") {
      const value = look(tree[1][1]);
      return value === null ? null : isEmpty(value);
    }
    return compare(form, operand(tree[1], look), operand(tree[2], look));
  }

  function questionsIn(tree) {
    if (tree[0] === "answer") { return [tree[1]]; }
    if (tree[0] === "value" || tree[0] === "list") { return []; }
    return unique(tree.slice(1).filter(isList).flatMap(questionsIn));
  }

  const isJoined = (tree) => tree[0] === "and" || tree[0] === "or";

  function openQuestions(tree, look) {
    if (evaluate(tree, look) !== null) { return []; }
    if (isJoined(tree) || tree[0] === "not" || tree[0] === "named") {
      return unique(tree.slice(1).filter(isList).flatMap((part) => openQuestions(part, look)));
    }
    return questionsIn(tree).filter((name) => look(name) === null);
  }

  function witnesses(tree, look) {
    const result = evaluate(tree, look);
    if (result === null) { return questionsIn(tree); }
    if (isJoined(tree)) {
      const decisive = (tree[0] === "or") === result;
      const parts = tree.slice(1).filter((part) => !decisive || evaluate(part, look) === result);
      return unique(parts.flatMap((part) => witnesses(part, look)));
    }
    if (tree[0] === "not" || tree[0] === "named") { return witnesses(tree[tree.length - 1], look); }
    return questionsIn(tree);
  }

  /* Answers: see agency/answers.py for what is usable and for the layers, agency/settling.py for what is asked. */

  /* What Python takes for a blank; JavaScript's own list is another one. */
  const BLANKS = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const WORD = new RegExp(`[^${BLANKS}]+`, "g");
  const wordsOf = (text) => text.match(WORD) || [];
  const isWritten = (value) => isText(value) && wordsOf(value).length > 0;

  function isDate(value) {
    const found = isText(value) && /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
    if (!found || found[1] === "0000") { return false; }
    const day = new Date(`${value}T00:00:00Z`);
    return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === value;
  }

  function usableList(question, value) {
    if (!isList(value)) { return null; }
    const known = question.choices;
    const kept = value.filter((item) => isWritten(item) && (!known || has(known, item)));
    return kept.length || !value.length ? unique(kept) : null;
  }

  function usable(question, value) {
    switch (question.type) {
      case "choice":
      case "yes_no": return isText(value) && has(question.choices || {}, value) ? value : null;
      case "choices":
      case "list": return usableList(question, value);
      case "number": return typeof value === "number" ? value : null;
      case "date": return isDate(value) ? value : null;
      case "records": return isList(value) ? value.filter(isObject).map((row) => usableRow(question, row)) : null;
      default: return isWritten(value) ? value : null;
    }
  }

  function usableRow(question, row) {
    const columns = Object.entries(question.columns);
    return Object.fromEntries(columns.map(([key, column]) => [key, usable(column, has(row, key) ? row[key] : null)]));
  }

  function ownValue(data, id, own) {
    const question = data.questions[id];
    const value = has(own, id) ? own[id] : question.own;
    if (value === undefined || value === null) { return null; }
    return isUnknown(data, question, value) ? value : usable(question, value);
  }

  const isUnknown = (data, question, value) => question.unknown === true && value === data.words.unknown;

  /* Returns id -> [value, origin]: the agency's answers over those of its bases, and what the preset adds. */
  function layered(data, trees, own) {
    const values = new Map();
    for (const [id, question] of Object.entries(data.questions)) {
      const value = ownValue(data, id, own);
      if (value !== null) {
        values.set(id, [value, "agency"]);
      } else if (question.base !== undefined) {
        values.set(id, [question.base, "base"]);
      }
    }
    const look = (id) => (values.has(id) ? values.get(id)[0] : null);
    data.assumed.forEach((one, at) => {
      const when = trees.assumed[at];
      if (!values.has(one.question) && (when === null || evaluate(when, look) === true)) {
        values.set(one.question, [one.value, "preset"]);
      }
    });
    return values;
  }

  function answersOf(data, trees, own) {
    const layers = layered(data, trees, own);
    const answers = {};
    for (const [id, question] of Object.entries(data.questions)) {
      const [value, origin] = layers.get(id) || [null, "unanswered"];
      const unknown = value !== null && isUnknown(data, question, value);
      answers[id] = { value: unknown ? null : value, origin: origin, unknown: unknown };
    }
    return answers;
  }

  function askedOf(trees, answers) {
    const asked = {};
    const look = (id) => (settled(id) === false ? null : answers[id].value);
    function settled(id) {
      if (!has(asked, id)) {
        const when = trees.questions[id];
        asked[id] = when === null ? true : arises(when);
      }
      return asked[id];
    }
    function arises(when) {
      const result = evaluate(when, look);
      return result === null && openQuestions(when, look).every((id) => settled(id) === false) ? false : result;
    }
    Object.keys(answers).forEach(settled);
    return asked;
  }

  /* Returns the value of a condition, and the questions that somebody must answer to decide it. */
  function settle(when, look, asked) {
    if (when === null) { return [true, []]; }
    const result = evaluate(when, look);
    if (result !== null) { return [result, []]; }
    const needs = openQuestions(when, look).filter((id) => asked[id] !== false);
    return needs.length ? [null, needs] : [false, []];
  }

  /* Trees of the data contain named conditions by name alone; here they are put back, once for each data. */

  const PREPARED = new WeakMap();

  function prepared(data) {
    if (!PREPARED.has(data)) { PREPARED.set(data, prepare(data)); }
    return PREPARED.get(data);
  }

  function prepare(data) {
    const named = {};
    function whole(tree) {
      if (tree === null || tree === undefined) { return null; }
      if (tree[0] === "named" && tree.length === 2) {
        named[tree[1]] = named[tree[1]] || whole(data.named[tree[1]]);
        return [...tree, named[tree[1]]];
      }
      return tree[0] === "list" ? tree : tree.map((part) => (isList(part) ? whole(part) : part));
    }
    const wholes = (trees, when) =>
      Object.fromEntries(Object.entries(trees).map(([key, tree]) => [key, whole(when ? when(tree) : tree)]));
    const questions = Object.entries(data.questions).map(([id, question]) => [id, whole(question.when)]);
    return {
      questions: Object.fromEntries(questions),
      choices: Object.fromEntries(Object.entries(data.questions).map(([id, one]) => [id, wholes(one.possible || {})])),
      places: data.laws ? wholes(data.laws.places, ([when]) => when) : {},
      assumed: data.assumed.map((one) => whole(one.when)),
      offices: Object.fromEntries(Object.entries(data.offices).map(([role, names]) => [role, names.map(([when]) => whole(when))])),
      rules: data.rules.map((rule) => whole(rule.when)),
      clauses: data.clauses.map((clause) => whole(clause.when)),
      usual: (data.usual || []).map(([when]) => whole(when)),
    };
  }

  /* Words for Markdown: see escape_markdown of language/texts.py. */

  const ENTITY = (letters) => [...letters].map((letter) => `&#${letter.codePointAt(0)};`).join("");
  const CONTROLS = "\\x00-\\x1f\\x7f-\\x9f";
  const INVISIBLE = new RegExp(`[${CONTROLS}\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff]`, "gu");
  const MARKS = /[\\`*_{}[\]|~^=<>&"#]/g;
  const LINKS = /:\/\/|www\.|:(?=[\p{L}\p{N}_+-]+:)|@(?=[\p{L}\p{N}_])/gu;
  const LEADING = /^([-+:.!]|\p{Nd}+[.)])/u;
  const SHORT = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

  function written(sign) {
    const number = sign.codePointAt(0).toString(16);
    return SHORT[sign] || (number.length < 3 ? `\\x${number.padStart(2, "0")}` : `\\u${number.padStart(4, "0")}`);
  }

  /* The same names are in hundreds of texts. */
  const ESCAPED = new Map();

  function escaped(words) {
    if (ESCAPED.size > 4096) { ESCAPED.clear(); }
    if (!ESCAPED.has(words)) { ESCAPED.set(words, escapedOnce(words)); }
    return ESCAPED.get(words);
  }

  function escapedOnce(words) {
    const line = wordsOf(words).join(" ").replace(INVISIBLE, written).replace(MARKS, ENTITY);
    return line.replace(LINKS, ENTITY).replace(LEADING, ENTITY);
  }

  const BLANK = new RegExp(`[${BLANKS}]`);

  function stripped(text) {
    let start = 0, end = text.length;
    while (start < end && BLANK.test(text[start])) { start += 1; }
    while (end > start && BLANK.test(text[end - 1])) { end -= 1; }
    return text.slice(start, end);
  }

  function capital(words) {
    const first = [...words.slice(0, 2)][0] || "";
    return first.toUpperCase() + words.slice(first.length);
  }

  /* Words that hold only between different offices: see language/between.py. */

  const LEFT_OUT = "\0";
  const LEFT_OUT_LINE = new RegExp(`^[ \\t]*${LEFT_OUT}[ \\t]*$`);
  const JOINS = [", ", " and ", " or "];
  const isMark = (part, mark) => isList(part) && part[0] === mark;
  const isOffice = (part) => isMark(part, "show") && part[1].startsWith("office.");

  function withOthers(text, plain) {
    const kept = [];
    let inside = [], acting = null;
    for (const part of text) {
      if (isMark(part, "open")) {
        acting = part[1];
        inside = [];
      } else if (isMark(part, "close")) {
        kept.push(...others(inside, acting, plain));
        acting = null;
      } else { (acting === null ? kept : inside).push(part); }
    }
    return kept;
  }

  function others(parts, acting, plain) {
    const kept = [];
    let found = 0, start = 0;
    while (start < parts.length) {
      let end = listEnd(parts, start);
      const offices = parts.slice(start, end).filter((part, at) => at % 2 === 0 && part[1] !== acting);
      if (end === start || !offices.length) {
        end = Math.max(end, start + 1);
        kept.push(...parts.slice(start, end));
      } else {
        const remaining = different(offices, acting, plain);
        found += remaining.length;
        kept.push(...joined(remaining, end - start > 1 ? parts[end - 2] : ""));
      }
      start = end;
    }
    return found ? kept : [LEFT_OUT];
  }

  function different(offices, acting, plain) {
    const seen = new Set(acting ? [plain(acting)] : []);
    return offices.filter((office) => {
      const name = plain(office[1]);
      return !seen.has(name) && seen.add(name);
    });
  }

  function listEnd(parts, start) {
    let end = start;
    while (end < parts.length && isOffice(parts[end])) {
      end += 1;
      if (end + 1 < parts.length && JOINS.includes(parts[end]) && isOffice(parts[end + 1])) { end += 1; }
    }
    return end;
  }

  function joined(offices, last) {
    return offices.flatMap((office, at) => {
      if (at === 0) { return [office]; }
      return [at === offices.length - 1 && isText(last) ? last : ", ", office];
    });
  }

  function withoutGaps(text) {
    if (!text.includes(LEFT_OUT)) { return text; }
    const lines = text.split("\n");
    const kept = lines.filter((line) => !LEFT_OUT_LINE.test(line));
    const cut = kept.length && LEFT_OUT_LINE.test(lines[lines.length - 1]) ? "\n" : "";
    return (kept.join("\n") + cut).split(LEFT_OUT).join("");
  }

  /* Texts: see Filler of language/texts.py. `look` gives the value of a question, `fact` the words of another name. */

  function filler(data, look, offices, tame, facts) {
    const fact = (name) => (name.startsWith("office.") ? offices[name.slice(7)][0] : facts[name]);
    const plain = (name) => offices[name.slice(7)][1];

    function label(value, involved) {
      const id = involved.find((name) => has(data.questions[name].choices || {}, value));
      if (id !== undefined) { return data.questions[id].choices[value][0]; }
      return has(data.labels, value) ? data.labels[value] : value;
    }

    function answer(question, value, filters) {
      if (value === null) { return data.words.open.replace("{}", () => question.help); }
      const values = isList(value) ? value : [value];
      if (filters.includes("instruments")) {
        return bullets(values.map((row) => instrument(existingPolicy(row, question), tame)), data.words.none);
      }
      const words = values.map((item) => wordsFor(question, item, filters));
      return filters.includes("bullets") ? bullets(words, data.words.none) : series(words);
    }

    function wordsFor(question, value, filters) {
      const choice = isText(value) && has(question.choices || {}, value) ? question.choices[value] : null;
      if (choice === null) { return tame(String(value)); }
      return filters.includes("label") ? choice[0] : choice[1] || choice[0];
    }

    function series(words) {
      if (!words.length) { return data.words.none; }
      const last = words[words.length - 1];
      return words.length === 1 ? last : words.slice(0, -1).join(", ") + data.words.and + last;
    }

    function shown([form, name, filters], involved) {
      let words;
      if (form === "value") {
        words = label(name, involved);
      } else if (has(data.questions, name)) {
        words = answer(data.questions[name], look(name), filters);
      } else { words = tame(fact(name)); }
      return filters.includes("start") ? capital(words) : words;
    }

    return (text, involved) => {
      const parts = text.some((part) => isMark(part, "open")) ? withOthers(text, plain) : text;
      const filled = parts.map((part) => (isText(part) ? part : shown(part, involved || []))).join("");
      return withoutGaps(filled).replace(/\n{3,}/g, "\n\n");
    };
  }

  const bullets = (words, none) => (words.length ? `\n${words.map((word) => `\n- ${word}`).join("")}\n` : none);

  function instrument(policy, tame) {
    const reference = policy.reference ? ` (${tame(policy.reference)})` : "";
    const disposition = policy.disposition ? `: ${policy.disposition[1] || policy.disposition[0]}` : "";
    return `${tame(policy.title)}${reference}${disposition}.`;
  }

  /* Existing policies: see model/existing.py. */

  function existingPolicy(row, register) {
    const policy = { title: "", reference: "", section: "", elements: [], extent: null, disposition: null };
    for (const [key, column] of Object.entries(register.columns)) {
      if (column.part) { policy[column.part] = cell(row[key], column); }
    }
    return policy;
  }

  function cell(value, column) {
    if (column.type === "choice") {
      const choice = value || column.default || "";
      return has(column.choices, choice) ? column.choices[choice] : null;
    }
    return value || (column.type === "choices" || column.type === "list" ? [] : "");
  }

  const means = (choice) => (choice === null ? "" : choice[2] || "");

  function replaces(policy, element) {
    return means(policy.extent) === "full" && means(policy.disposition) === "governs" && policy.elements.includes(element);
  }

  function namedPolicy(policy) {
    const reference = policy.reference ? ` (${policy.reference})` : "";
    return `${policy.title}${reference}${policy.section ? `, ${policy.section},` : ""}`;
  }

  /* Offices: see agency/offices.py. */

  function officesOf(data, trees, look, asked) {
    const named = (role) => trees.offices[role].find((when) => settle(when, look, asked)[0] === true);
    return Object.fromEntries(Object.keys(data.offices).map((role) => {
      const at = trees.offices[role].indexOf(named(role));
      return [role, data.offices[role][at].slice(1)];
    }));
  }

  /* The first page: its data with a preset, and without the offices that do not exist. */
  function under(data, preset, missing) {
    const acting = (role) => (missing.includes(role) ? acting(data.stand_ins[role] || "") : role);
    const roles = Object.keys(data.offices);
    const duties = missing.length ? Object.entries(data.duties) : [];
    return {
      ...data,
      assumed: data.presets[preset] || [],
      offices: Object.fromEntries(roles.map((role) => [role, data.offices[acting(role) || role]])),
      parts: Object.fromEntries(duties.map(([id, by]) => [id, Object.keys(by).map((role) => [by[role], by[acting(role)]])])),
    };
  }

  /* The body that usually adopts: see pages/views/adoption.py. */
  function usualBody(data, trees, look, asked) {
    const at = trees.usual.findIndex((when) => settle(when, look, asked)[0] === true);
    return at < 0 ? null : data.usual[at][1];
  }

  /* The law of a place: see agency/places.py. */

  function withoutImpossible(trees, values, asked) {
    const look = (id) => (asked[id] === false ? null : values[id].value);
    const ruledOut = Object.keys(values).filter((id) => {
      const value = look(id);
      return isText(value) && has(trees.choices[id], value) && settle(trees.choices[id][value], look, asked)[0] === false;
    });
    if (!ruledOut.length) { return [values, asked]; }
    const open = ruledOut.map((id) => [id, { ...values[id], value: null, origin: "unanswered" }]);
    const kept = { ...values, ...Object.fromEntries(open) };
    return [kept, askedOf(trees, kept)];
  }

  function lawsOf(data, trees, look, asked) {
    if (!data.laws) { return {}; }
    const { question, checked, subjects, places } = data.laws;
    const possible = Object.keys(places).filter((id) => settle(trees.places[id], look, asked)[0] === true);
    const named = look(question);
    const only = possible.length === 1 ? possible[0] : undefined;
    const place = named === null ? only : possible.find((id) => id === named);
    const [, unchecked, sure] = place === undefined ? [null, subjects, subjects] : places[place];
    const names = checked && look(checked) === "yes" ? sure : unchecked;
    return Object.fromEntries(Object.keys(subjects).map((id) => [`${question}.${id}`, names[id]]));
  }

  function factsOf(data, values, offices) {
    const owner = data.owner && data.owner.offices[values[data.owner.question].value];
    const named = owner && offices[owner][1] !== data.owner.plain;
    return named ? { ...data.facts, "policy.owner": offices[owner][0] } : data.facts;
  }

  /* An office that does not exist takes part wherever the one that answers for it does. */
  function withParts(data, look) {
    return (id) => {
      const value = look(id);
      if (!has(data.parts, id) || !isList(value)) { return value; }
      const parts = data.parts[id].filter(([, other]) => value.includes(other)).map(([part]) => part);
      return unique([...value, ...parts]);
    };
  }

  /* The policy: see drafting/assembly.py. */

  function verdicts(data, trees, answers, fill) {
    return data.clauses.map((clause, at) => {
      const [result, needs] = settle(trees.clauses[at], answers.look, answers.asked);
      const unknown = result === null && needs.every((id) => answers.values[id].unknown);
      const state = unknown || (result !== false && isBetweenOne(clause, fill)) ? false : result;
      return { clause: clause, state: state, needs: state === null ? needs : [], title: clause.title, body: clause.body };
    });
  }

  const isBetweenOne = (clause, fill) =>
    clause.body.some((part) => isMark(part, "open")) && stripped(fill(clause.body)) === "";

  function withCovered(data, found, answers, fillWith) {
    const rows = data.covered && data.questions[data.covered.register] ? answers.look(data.covered.register) || [] : [];
    const policies = rows.map((row) => existingPolicy(row, data.questions[data.covered.register]));
    const said = new Set();
    return found.flatMap((verdict) => {
      const [element, code] = verdict.clause.covers || [];
      const policy = policies.find((one) => element && replaces(one, element));
      if (policy === undefined || verdict.state === false) { return [verdict]; }
      const covered = { ...verdict, state: false, needs: [] };
      if (said.has(element) || verdict.clause.part !== "policy") { return [covered]; }
      said.add(element);
      return [covering(data, verdict.clause, `${code}-by-existing-policy`, fillWith, policy, element), covered];
    });
  }

  function covering(data, clause, id, fillWith, policy, element) {
    const facts = { "covered.policy": namedPolicy(policy), "covered.subject": data.covered.subjects[element] };
    const body = [fillWith(facts)(data.covered.text)];
    return { clause: { ...clause, id: id }, state: true, needs: [], title: data.covered.title, body: body };
  }

  /* Numbers: a section counts if anything of it is in the policy, and `after` tells what is there in any case. */
  function numbers(data, found) {
    const included = found.filter((verdict) => verdict.state === true && verdict.clause.section !== undefined);
    const filled = data.sections.map((fixed, at) => fixed || included.some((one) => one.clause.section === at));
    const chapter = (section) => filled.slice(0, section + 1).filter(Boolean).length;
    const counts = {};
    return new Map(included.map((verdict) => {
      const { section, part, after } = verdict.clause;
      const key = `${part} ${section}`;
      counts[key] = (counts[key] || 0) + 1;
      return [verdict, `${data.prefixes[part] || ""}${chapter(section)}.${after + counts[key]}`];
    }));
  }

  function provisionsOf(data, found, fill) {
    const numbered = numbers(data, found);
    return found.map((verdict) => ({
      id: verdict.clause.id,
      title: verdict.title,
      number: numbered.get(verdict) || "",
      state: verdict.state,
      text: verdict.state === false ? "" : stripped(fill(verdict.body)),
      questions: verdict.needs,
    }));
  }

  function rulesOf(data, trees, look, asked, fill) {
    const findings = [], undecided = [];
    data.rules.forEach((rule, at) => {
      const when = trees.rules[at];
      const [result, needs] = settle(when, look, asked);
      if (result === null) { undecided.push({ code: rule.code, questions: needs }); }
      if (result === true) { findings.push(finding(rule, witnesses(when, look), fill)); }
    });
    return { findings: findings, undecided: undecided };
  }

  function finding(rule, involved, fill) {
    return {
      code: rule.code,
      severity: rule.severity,
      message: stripped(fill(rule.message, involved)),
      fix: stripped(fill(rule.fix, involved)),
      questions: involved,
    };
  }

  /* Returns the answers with their origins, what is asked, and what follows from it. `own` has the agency's answers as
     the form has them: id -> value, or null for an answer that was taken back; what is not there is as in the files. */
  function judge(data, own) {
    const trees = prepared(data);
    const given = answersOf(data, trees, own || {});
    const [values, asked] = withoutImpossible(trees, given, askedOf(trees, given));
    const look = (id) => (asked[id] === false ? null : values[id].value);
    const answers = { values: values, asked: asked, look: look };
    const offices = officesOf(data, trees, look, asked);
    const facts = { ...factsOf(data, values, offices), ...lawsOf(data, trees, look, asked) };
    const markdown = (more) => filler(data, look, offices, escaped, { ...facts, ...more });
    const found = withCovered(data, verdicts(data, trees, answers, markdown({})), answers, markdown);
    return {
      values: values,
      asked: asked,
      ...rulesOf(data, trees, withParts(data, look), asked, filler(data, look, offices, (words) => words, facts)),
      provisions: provisionsOf(data, found, markdown({})),
      usual: usualBody(data, trees, look, asked),
      beyond: data.fixed.filter((id) => !equal(values[id].value, ownValue(data, id, {}))),
    };
  }

  globalThis.policywrightRules = {
    evaluate: evaluate, judge: judge, openQuestions: openQuestions, questionsIn: questionsIn, under: under,
    witnesses: witnesses,
  };
})();
