/* Judges answers as Policywright does: what is asked, assumed, in conflict, and in the policy. Reads and changes no page.

   Its data is what answering/form_data.py returns. A tree is a condition of language/conditions.py, and every function
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

  function join(results, decisive) {
    if (results.includes(decisive)) { return decisive; }
    return results.includes(null) ? null : !decisive;
  }

  function operand(tree, look) {
    if (tree[0] === "answer") { return look(tree[1]); }
    if (tree[0] === "count") { return sizeOf(look(tree[1][1])); }
    return tree[0] === "list" ? tree.slice(1) : tree[1];
  }

  function evaluate(tree, look) {
    const form = tree[0];
    if (form === "and" || form === "or") {
      return join(tree.slice(1).map((part) => evaluate(part, look)), form === "or");
    }
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
    const questions = Object.entries(data.questions).map(([id, question]) => [id, whole(question.when)]);
    return {
      questions: Object.fromEntries(questions),
      assumed: data.assumed.map((one) => whole(one.when)),
      rules: data.rules.map((rule) => whole(rule.when)),
      clauses: data.clauses.map((clause) => whole(clause.when)),
    };
  }

  function judge(data, own) {
    const trees = prepared(data);
    const values = answersOf(data, trees, own || {});
    const asked = askedOf(trees, values);
    const look = (id) => (asked[id] === false ? null : values[id].value);
    const findings = [], undecided = [];
    data.rules.forEach((rule, at) => {
      const when = trees.rules[at];
      const [result, needs] = settle(when, look, asked);
      if (result === null) { undecided.push({ code: rule.code, questions: needs }); }
      if (result === true) {
        findings.push({ code: rule.code, severity: rule.severity, message: "", fix: "", questions: witnesses(when, look) });
      }
    });
    const provisions = data.clauses.map((clause, at) => {
      const [state, needs] = settle(trees.clauses[at], look, asked);
      return { id: clause.id, title: clause.title, number: "", state: state, text: "", questions: needs };
    });
    return { values: values, asked: asked, findings: findings, undecided: undecided, provisions: provisions };
  }

  globalThis.policywrightRules = {
    evaluate: evaluate, judge: judge, openQuestions: openQuestions, questionsIn: questionsIn, witnesses: witnesses,
  };
})();
