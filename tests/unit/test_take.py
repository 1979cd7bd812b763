"""Answers from forms get into people's files: exactly these, nothing else, and nothing that contradicts anybody."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policywright import __version__
from policywright.agency.confirmations import comparable
from policywright.answering.answers_file import AnswersFile, read_answers_file
from policywright.answering.merging import Saved, save
from policywright.answering.undo import UNDO_FILE, undo
from policywright.approval.objections import Refused
from policywright.catalog.blank_answers import answer_file
from policywright.draft import draft_of
from policywright.files.answer_file import Sheet, read_sheet
from policywright.files.line_ends import plain, with_ends
from policywright.files.rows import with_rows_of
from policywright.files.schema import without_empty
from policywright.files.values import with_value
from policywright.files.yaml import parse_yaml
from policywright.model.catalog import Question
from policywright.model.codes import CODES
from policywright.model.findings import SEVERITIES, Finding, NotByLine, PolicyError
from tests.support.agency_files import catalog, read_case
from tests.support.forms import DAY, answers, contents_of, form, form_bytes, take_in
from tests.support.in_process import run_here
from tests.support.toy import TOY, pool_catalog, use_pool

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

CASES = read_case("answers_files.yml")


@pytest.fixture
def town(scaffold: Path, tmp_path: Path) -> Path:
    """The repository of a town as cookiecutter makes it."""
    (tmp_path / "outside.yml").write_text("enabled: 'off'\n", encoding="utf-8")
    return Path(shutil.copytree(scaffold, tmp_path / "town"))


def meant(value: Any) -> Any:
    """Return a value of a case, in which a long text is written as its repetition."""
    if isinstance(value, dict):
        return value["repeat"] * value["times"] if "times" in value else {k: meant(v) for k, v in value.items()}
    return [meant(item) for item in value] if isinstance(value, list) else value


def bytes_of(case: Mapping[str, Any]) -> bytes:
    if "text" in case:
        return str(case["text"]).encode()
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    if "repeat" in case:
        return bytes(case["repeat"] * case["times"], "utf-8")
    data = CASES["good"] | {"version": __version__} | meant(case.get("with", {}))
    data.pop("replace", None)
    return json.dumps(data | {"answers": meant(case.get("answers", data["answers"]))}).encode()


def lay(root: Path, case: Mapping[str, Any]) -> None:
    for name, text in case.get("files", {}).items():
        path = root / name
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        if text is not None:
            path.write_bytes(meant(text).encode())
    for name, target in case.get("link", {}).items():
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(target)
    for name, mode in case.get("mode", {}).items():
        (root / name).chmod(mode)


def merged(root: Path, case: Mapping[str, Any]) -> Saved:
    replace = case.get("replace") or [case["with"]["replace"]] if "replace" in case.get("with", case) else []
    return save(root, [read_answers_file(bytes_of(case), "legal.answers.json")], replace, DAY)


def expected(row: Mapping[str, Any]) -> tuple[str, str]:
    return next((severity, row[severity]) for severity in SEVERITIES if severity in row)


def fits(row: Mapping[str, Any], finding: Finding) -> bool:
    place = finding.places[0]
    file, at = row.get("file", "legal.answers.json"), row.get("at", f"{place.line}:{place.column}")
    said = row.get("says", "") in finding.message and row.get("fix", "") in finding.fix
    return (*expected(row), f"{file}:{at}") == (finding.severity, finding.code, str(place)) and said


@pytest.mark.parametrize("name", CASES["refused"])
def test_bad_input_is_refused_in_clear_words_and_nothing_is_written(name: str, town: Path) -> None:
    case = CASES["refused"][name]
    lay(town, case)
    before, outside = contents_of(town), (town.parent / "outside.yml").read_bytes()
    with pytest.raises(PolicyError) as refused:
        merged(town, case)
    found = refused.value.findings
    assert len(found) == len(case["finds"]), [str(finding) for finding in found]
    for row in case["finds"]:
        assert any(fits(row, finding) for finding in found), [str(finding) for finding in found]
    assert all(len(str(finding)) < 1_000 and finding.fix.endswith(".") for finding in found)
    assert contents_of(town) == before
    assert (town.parent / "outside.yml").read_bytes() == outside


@pytest.mark.parametrize("name", CASES["merged"])
def test_an_answer_is_taken_or_listed_and_every_other_file_stays(name: str, town: Path) -> None:
    case = CASES["merged"][name]
    lay(town, case)
    before = contents_of(town)
    saved = merged(town, case)
    assert dict(saved.taken) == case.get("taken", {})
    assert [*saved.confirmed] == case.get("confirmed", [])
    assert [*saved.same] == case.get("same", [])
    clashes = {one.question: [one.here, one.there] for one in saved.conflicts}
    assert clashes == {key: said[:2] for key, said in case.get("conflicts", {}).items()}
    assert all(case["conflicts"][one.question][2] in one.message for one in saved.conflicts)
    assert len(saved.notes) == len(case.get("notes", []))
    for row, note in zip(case.get("notes", []), saved.notes, strict=True):
        assert (note.severity, note.code) == expected(row)
        assert row["says"] in note.message
    after = contents_of(town)
    assert {name for name in after if after[name] != before.get(name)} - {UNDO_FILE} == {*saved.written}
    assert all(after[file].decode() == text for file, text in case.get("says", {}).items())
    now = draft_of(town, DAY)
    for key, value in saved.taken.items():
        if key in now.answers:
            assert told(now.answers[key].question, town) == comparable(now.answers[key].question, value)
        elif isinstance(value, dict):
            assert {role: "none" if role in now.document.missing else None for role in value} == value
        else:
            said = {"policy.preset": now.document.preset, "policy.adoption": now.document.adoption.body}
            assert (said[key] or None) == value


def told(question: Question, root: Path) -> Any:
    """Return what the file of a question says, as it is written."""
    name = f"registers/{question.register}" if question.register else f"answers/{question.element}.yml"
    text = (root / name).read_text("utf-8") if (root / name).exists() else ""
    value = parse_yaml(plain(text), name)[0].value
    return comparable(question, value if question.register or value is None else value.get(question.name))


def test_every_code_of_answers_files_has_a_case() -> None:
    rows = [row for case in CASES["refused"].values() for row in case["finds"]]
    rows += [row for case in CASES["merged"].values() for row in case.get("notes", [])]
    assert {expected(row)[1] for row in rows} >= {code for code in CODES if code.startswith(("E40", "W40"))}


# Two offices


OFF, ALL = (answers(comments__enabled=value) for value in ("off", "all_posts"))


def test_two_offices_with_different_answers_are_listed_and_neither_is_written(town: Path) -> None:
    before = contents_of(town)
    saved = take_in(town, form(OFF), form(ALL, office="communications", name="B. Person"))
    (clash,) = saved.conflicts
    assert (clash.here, clash.there) == ("off", "all_posts")
    assert clash.message == (
        "Counsel, A. Person, 2026-11-30 and Communications Office, B. Person, 2026-11-30 disagree: "
        "“No, the pages are one-way”, or “Yes, on every post”. Communications Office decides about it."
    )
    assert not saved.taken
    assert contents_of(town) == before


def test_of_two_offices_replace_takes_the_answer_of_the_one_that_decides(town: Path) -> None:
    files = (form(OFF), form(ALL, office="communications"))
    assert take_in(town, *files, replace=("comments.enabled",)).taken == {"comments.enabled": "all_posts"}
    assert [one.office for one in draft_of(town).answers["comments.enabled"].confirmations] == ["communications"]


def test_two_offices_with_the_same_answer_are_both_recorded(town: Path) -> None:
    assert not take_in(town, form(OFF), form(OFF, office="communications")).conflicts
    answer = draft_of(town).answers["comments.enabled"]
    assert answer.confirmed is not None
    assert answer.confirmed.office == "communications"
    assert [one.office for one in answer.also_seen_by] == ["legal"]


def test_a_conflict_does_not_keep_the_other_answers_back(town: Path) -> None:
    take_in(town, form(ALL, office="communications"))
    saved = take_in(town, form(OFF | answers(goals__staff_voice="designated_per_unit")))
    assert [one.question for one in saved.conflicts] == ["comments.enabled"]
    assert saved.conflicts[0].message.startswith(
        "The answer here is “Yes, on every post” (Communications Office, A. Person, 2026-11-30), and Counsel"
    )
    assert list(saved.taken) == ["goals.staff_voice"]


def test_an_office_that_the_agency_does_not_have_is_named_with_its_stand_in(town: Path) -> None:
    policy = town / "policy.yml"
    policy.write_text(policy.read_text("utf-8") + "\noffices:\n  legal: none\n", encoding="utf-8")
    if "offices:" in (text := policy.read_text("utf-8"))[: text.rindex("offices:")]:
        policy.write_text(text[: text.rindex("\noffices:")].replace("offices:", "offices:\n  legal: none"), "utf-8")
    take_in(town, form(ALL, office="communications"))
    assert "Counsel (The executive sponsor)" in take_in(town, form(OFF)).conflicts[0].message


# The first page


def first_page(preset: str, *missing: str, was: tuple[str, ...] = (), body: str = "the Council") -> dict[str, Any]:
    """Return what the first page says about policy.yml."""
    offices = {"value": dict.fromkeys(missing, "none"), "was": dict.fromkeys(was, "none"), "change": "set"}
    adoption = {"value": body, "was": None, "change": "set"}
    preset_answer = {"value": preset, "was": "two_way", "change": "set"}
    return {"policy.preset": preset_answer, "policy.offices": offices, "policy.adoption": adoption}


@pytest.mark.parametrize("preset", catalog().presets)
def test_after_the_first_page_the_draft_is_complete_and_the_preset_blocks_nothing(preset: str, town: Path) -> None:
    replaceable = [role.id for role in catalog().roles.values() if role.stand_in]
    before = contents_of(town)
    saved = take_in(town, form(first_page(preset, *replaceable), office=""))
    assert (saved.conflicts, saved.confirmed) == ((), ())
    draft = draft_of(town, DAY)
    assert draft.document.preset == preset
    assert draft.document.missing == {*replaceable}
    assert draft.document.adoption.body == "the Council"
    assert [str(one) for one in draft.findings if one.severity in ("error", "blocker")] == []
    assert [one for one in draft.policy.provisions if "to be decided" in one.text] == []
    assert len(draft.policy.provisions) > 60
    if saved.written:
        undo(town)
    assert contents_of(town) == before


def test_two_first_pages_that_disagree_are_listed_and_replace_takes_the_first(town: Path) -> None:
    take_in(town, form(first_page("two_way", "hr"), office=""))
    one = form(first_page("service_desk", "ethics", "hr", was=("hr",)), office="", name="A. Person")
    two = form(first_page("emergency", was=("hr",), body="the Board"), office="", name="B. Person")
    saved = take_in(town, one, two)
    assert [(clash.question, clash.here, clash.there) for clash in saved.conflicts] == [
        ("policy.preset", "service_desk", "emergency"),
        ("policy.adoption", "the Council", "the Board"),
    ]
    assert [clash.message for clash in saved.conflicts] == [
        f"A. Person, 2026-11-30 and B. Person, 2026-11-30 disagree: {said}."
        for said in ("“Service desk”, or “Emergency information”", "“the Council”, or “the Board”")
    ]
    # One adds an office that does not exist and the other takes one back: they do not contradict each other.
    assert saved.taken == {"policy.offices": {"ethics": "none", "hr": None}}
    assert take_in(town, one, two, replace=("policy.preset",)).taken == {"policy.preset": "service_desk"}


# What forms send comes back


# fmt: off
ODD = (
    "Town Manager #1", "يحيى بن محمد", "👩‍👧 ñ", "\u200fright", "- a", "yes", "off", "null", "~", "24", "2027-01-01",
    "'", '"', "a: b", "key:", "{x}", "[", "%", "&a", "|", "> x", "# c", "---", "...", "<<<<<<< x", "ends with \\",
    "  before", "after ", "\tTab", "\n", "one\n", "one\ntwo", "one\n\n  two", "one\n# two\nthree", "a" * 300,
)
# fmt: on
HIDDEN = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
LETTERS = st.characters(
    exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"), exclude_characters=HIDDEN, include_characters="\n\t"
)
TEXTS = st.sampled_from(ODD) | st.text(LETTERS, max_size=40)
WORDS = TEXTS.filter(str.strip)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
DATES = st.dates().map(str)


def value_for(question: Any) -> st.SearchStrategy[Any]:
    """Return answers to a question or a column, with None for an empty one."""
    if question.type in ("choice", "yes_no"):
        made: st.SearchStrategy[Any] = st.sampled_from([*question.choices])
    elif question.type == "choices":
        made = st.lists(st.sampled_from([*question.choices]), unique=True)
    elif question.type == "records":
        made = st.lists(row_for(question), max_size=3)
    else:
        made = {"list": st.lists(WORDS, unique=True, max_size=4), "number": NUMBERS, "date": DATES}.get(
            question.type, WORDS
        )
    return made | st.none()


@st.composite
def row_for(draw: Any, question: Question) -> dict[str, Any]:
    row = {key: draw(value_for(column)) for key, column in question.columns.items()}
    needed = {key: draw(WORDS) for key, column in question.columns.items() if column.required}
    return {key: value for key, value in (row | needed).items() if value is not None}


POOL = pool_catalog().questions
IN_FILES = [question for question in POOL.values() if not question.register]
REGISTERS = [question for question in POOL.values() if question.register]
GIVEN = st.fixed_dictionaries({}, optional={name: value_for(question) for name, question in POOL.items()})
# fmt: off
STYLES = (
    "{key}:\n", "{key}: ~\n", "{key}: {word}\n", "{key}:\n  {word}\n", "{key}:   {word}   # said the mayor\n",
    "{key}: # ask\n  # first\n  - {word} # why\n  - x\n", "{key}:\n- x\n- {word}\n", "{key}: [{word}, x] # n\n",
    "{key}: |\n  One.\n\n  # Two.\n", "{key}: >-  # n\n  One\n  two.\n", "{key}: 'One\n  two' # n\n",
    "{key}: [x, # n\n  y]\n", "{key}:\n  # only a comment\n",
)
# fmt: on


@st.composite
def answer_files(draw: Any) -> dict[str, str]:
    """Return the answer files of the pool as different people would have written them."""
    files = {}
    for element in pool_catalog().elements.values():
        head = answer_file(element, pool_catalog()).split("\n\n")[0]
        blocks = [f"# {q.help}\n{draw(style(q))}" for q in element.questions if not q.register and draw(st.booleans())]
        text = "\n\n".join([head, *blocks]) + draw(st.sampled_from(["", "\n# The end.\n", "\n\n"]))
        mark, newline = draw(st.sampled_from(["", "\ufeff"])), draw(st.sampled_from(["\n", "\r\n"]))
        files[f"answers/{element.id}.yml"] = mark + with_ends(text, newline)
    return files


def style(question: Question) -> st.SearchStrategy[str]:
    word = "'18'" if question.type == "text" else next(iter(question.choices), "18")
    word = f"'{word}'" if word in ("yes", "no") else word
    return st.sampled_from(STYLES).map(lambda text: text.format(key=question.name, word=word))


def pool_form(given: Mapping[str, Any]) -> bytes:
    asked = {name: {"value": value, "was": None, "change": "set"} for name, value in given.items()}
    return form_bytes(asked, catalog="pool", agency="the village", office="mayor", name="أحمد")


def sheets(files: Mapping[str, bytes]) -> dict[str, Sheet]:
    return {name: read_sheet(raw.decode(), name)[0] for name, raw in files.items() if name.startswith("answers/")}


@settings(max_examples=150)
@given(files=answer_files(), given=GIVEN)
def test_saved_answers_are_read_back_equal_and_every_untouched_byte_stays(
    files: dict[str, str], given: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        use_pool(patch)
        root = tmp_path_factory.mktemp("village") / "v"
        shutil.copytree(TOY / "village", root)
        for name, text in files.items():
            (root / name).write_bytes(text.encode())
        before = contents_of(root)
        file = read_answers_file(pool_form(given), "mayor.answers.json")
        if any("[x, # n" in text for text in files.values()):
            # A bracket over lines with a comment in it is the one form that nobody can change by line.
            _refused_or_written(root, file, before)
            return
        saved = save(root, [file], [*given], DAY)
        for name, value in given.items():
            assert told(POOL[name], root) == comparable(POOL[name], value), name
        _same_besides(before, contents_of(root), saved)
        if saved.written:
            undo(root)
        assert contents_of(root) == before
        shutil.rmtree(root)


def _refused_or_written(root: Path, file: AnswersFile, before: dict[str, bytes]) -> None:
    try:
        save(root, [file], [*file.answers], DAY)
    except PolicyError as refused:
        codes = {finding.code for finding in refused.findings}
    else:
        return
    assert codes == {"E304"}
    assert contents_of(root) == before


def _same_besides(before: dict[str, bytes], after: dict[str, bytes], saved: Saved) -> None:
    old, new = sheets(before), sheets(after)
    for name, sheet in old.items():
        changed = {key.partition(".")[2] for key in saved.taken if f"answers/{key.partition('.')[0]}.yml" == name}
        assert (new[name].mark, new[name].newline) == (sheet.mark, sheet.newline)
        assert [block.key for block in new[name].blocks if sheet.get(block.key)] == [b.key for b in sheet.blocks]
        for block in sheet.blocks:
            now = new[name].get(block.key)
            assert now is not None
            if block.key in changed:
                assert all(words in now.body for words in comments(block.body)), (block.body, now.body)
            elif block is not sheet.blocks[-1]:
                assert now.body == block.body
            assert plain(now.comments) == plain(block.comments) or not sheet.blocks.index(block)


def comments(body: str) -> Iterator[str]:
    """Return the comments of an answer, except what only looks like one in a text of several lines."""
    if "# Two." not in body:
        yield from (line[line.index("#") :].rstrip("]\r\n") for line in body.splitlines() if " #" in line)


ROWS = st.lists(row_for(REGISTERS[0]), max_size=4, unique_by=lambda row: row["name"])


@settings(max_examples=80)
@given(old=ROWS, more=ROWS, kept=st.booleans(), style=st.sampled_from(["block", "flow", "brackets"]))
def test_rows_that_stay_keep_their_lines(
    old: list[dict[str, Any]], more: list[dict[str, Any]], *, kept: bool, style: str
) -> None:
    fresh = [row for row in more if not kept or row["name"] not in [one["name"] for one in old]]
    new = [*old[:-1], *fresh] if kept else fresh
    text = register_text(old, style)
    assert_says(text, old)
    written = with_rows_of(text, "registers/x.yml", new)
    assert_says(written, new)
    assert written.startswith("# Ours.\n")
    if style != "brackets":
        assert written.count("# row") == text.count("# row") or style == "block"
        assert all(register_text([row], style).partition("\n")[2].rstrip() in written for row in new if row in old)


def register_text(rows: list[dict[str, Any]], style: str) -> str:
    if style == "brackets" or not rows:
        return f"# Ours.\n{json.dumps(rows, ensure_ascii=False)}\n"
    flow = (f"- {json.dumps(row, ensure_ascii=False)} # row\n" for row in rows)
    return "# Ours.\n" + "".join(map(_block, rows) if style == "block" else flow)


def _block(row: dict[str, Any]) -> str:
    first, *more = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in row.items())
    return f"- {first}{''.join(f'  {line}' for line in more)}\n"


def assert_says(text: str, rows: list[dict[str, Any]]) -> None:
    file, problems = parse_yaml(text, "registers/x.yml")
    assert (problems, [*map(without_empty, file.value)]) == ([], rows)


@pytest.mark.parametrize(("body", "value"), [("x: {a: b}\n", "y"), ("x: [a, # n\n  b]\n", "y"), ("x: a\r\n  b\n", "y")])
def test_a_value_that_cannot_be_changed_by_line_is_refused(body: str, value: str) -> None:
    block = read_sheet(body, "answers/a.yml")[0].blocks[0]
    with pytest.raises(NotByLine):
        with_value(block, value, "\n")


# Undo


def test_undo_takes_back_a_take_byte_for_byte_and_only_once(town: Path) -> None:
    before = contents_of(town)
    take_in(town, form(OFF | answers(existing__register=[])))
    undone = undo(town)
    assert (undone.deed, undone.date) == ("take", DAY)
    assert undone.files == ("answers/comments.yml", "registers/existing-policies.yml", "confirmations.yml")
    assert contents_of(town) == before
    with pytest.raises(Refused, match="nothing to undo"):
        undo(town)


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_take_that_was_killed_between_two_files_is_taken_back_or_completed(written: int, town: Path) -> None:
    before, file = contents_of(town), form(OFF | answers(existing__register=[]))
    names = take_in(town, file).written
    after = contents_of(town)
    for name in names[written:]:
        (town / name).write_bytes(before[name]) if name in before else (town / name).unlink()
    half = contents_of(town)
    undo(town)
    assert contents_of(town) == before
    for name, content in half.items():
        (town / name).write_bytes(content)
    assert not take_in(town, file).conflicts
    assert {name: contents_of(town)[name] for name in names} == {name: after[name] for name in names}


def test_undo_is_refused_if_a_file_was_changed_since_and_nothing_changes(town: Path) -> None:
    take_in(town, form(OFF))
    path = town / "answers/comments.yml"
    path.write_text(path.read_text("utf-8") + "# Ours.\n", encoding="utf-8")
    before = contents_of(town)
    with pytest.raises(Refused, match=r"answers/comments\.yml has changed since then"):
        undo(town)
    assert contents_of(town) == before


@pytest.mark.parametrize(
    "text",
    ["", "[", "[]", "{}", '{"deed": "take", "date": "", "files": {"../x.yml": {"before": null, "after": ""}}}',
     '{"deed": "take", "date": "", "files": {"answers/x.yml": {"before": "?", "after": ""}}}'],
)  # fmt: skip
def test_a_damaged_record_takes_nothing_back(text: str, town: Path) -> None:
    (town / UNDO_FILE).parent.mkdir(exist_ok=True)
    (town / UNDO_FILE).write_text(text, encoding="utf-8")
    before = contents_of(town)
    with pytest.raises(Refused, match="is damaged"):
        undo(town)
    assert contents_of(town) == before


def test_git_ignores_what_undo_keeps_and_nothing_that_others_need(scaffold: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    shutil.copy(scaffold / ".gitignore", tmp_path)
    names = [UNDO_FILE, *(path.relative_to(scaffold).as_posix() for path in scaffold.rglob("*.json"))]
    assert len(names) > 10
    asked = ["git", "-C", str(tmp_path), "check-ignore", *names]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split() == [UNDO_FILE]


def test_a_register_of_the_scaffold_is_empty_and_its_example_is_right(town: Path) -> None:
    question = next(one for one in draft_of(town).catalog.questions.values() if one.register)
    path = town / "registers" / question.register
    assert draft_of(town).answers[question.id].value is None
    example = path.read_text("utf-8").partition("# An example.")[2].partition("\n")[2]
    path.write_text(re.sub("(?m)^# ", "", example), "utf-8")
    draft = draft_of(town)
    assert draft.counts["error"] == 0
    assert [row["title"] for row in draft.answers[question.id].value] == ["Acceptable use of information technology"]


def test_a_register_keeps_its_example_when_its_first_entry_is_taken(town: Path) -> None:
    path = town / "registers" / "existing-policies.yml"
    before = path.read_text("utf-8")
    row = {"title": "Media policy", "disposition": "reference"}
    take_in(town, form(answers(existing__register=[row])))
    assert path.read_text("utf-8").startswith(before)
    assert [row["title"] for row in draft_of(town).answers["existing.register"].value] == ["Media policy"]


# The command


def called(*words: str | Path, root: Path) -> tuple[int, str, str]:
    done = run_here("policywright", "take", *words, "--root", root, env={"SOURCE_DATE_EPOCH": "1796040000"})
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def downloaded(folder: Path, given: Mapping[str, Any], name: str = "legal", **fields: Any) -> Path:
    path = folder / f"{name}.answers.json"
    path.write_bytes(form_bytes(given, **fields))
    return path


def test_the_command_says_what_it_wrote_and_takes_it_back(town: Path, tmp_path: Path) -> None:
    before = contents_of(town)
    status, said, _ = called(downloaded(tmp_path, OFF), root=town)
    assert status == 0
    assert said.splitlines() == [
        "comments.enabled: “No, the pages are one-way”",
        "Answers: 1 written, 1 confirmed, 0 already there, 0 in conflict.",
        "Changed: answers/comments.yml, confirmations.yml.",
    ]
    status, said, _ = called("--undo", root=town)
    assert (status, said) == (
        0,
        "The take of 2026-11-30 is undone. Restored: answers/comments.yml, confirmations.yml.\n",
    )
    assert contents_of(town) == before


def test_the_command_lists_conflicts_and_replaces_what_is_named(town: Path, tmp_path: Path) -> None:
    called(downloaded(tmp_path, ALL), root=town)
    file = downloaded(tmp_path, OFF)
    status, said, _ = called(file, root=town)
    assert status == 1
    assert said.startswith("comments.enabled: not taken. The answer here is “Yes, on every post”")
    assert said.endswith("To take the new ones, add: --replace comments.enabled\n")
    assert called(file, "--replace", "comments.enabled", root=town)[0] == 0


def test_the_command_reports_all_wrong_files_at_once(town: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.answers.json"
    wrong.write_text("{", encoding="utf-8")
    foreign = tmp_path / "foreign.json"
    foreign.write_text("{}", encoding="utf-8")
    before = contents_of(town)
    status, _, said = called(downloaded(tmp_path, OFF), wrong, foreign, root=town)
    assert status == 2
    assert "wrong.answers.json:1:2: error E401" in said
    assert "foreign.json:1:1: error E402" in said
    assert contents_of(town) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [([], "Name the files to take"), (["--undo", "--replace", "x"], "Use --undo alone"),
     (["policy.yml", "--replace", "comments.enabeld"], "Did you mean “comments.enabled”?")],
)  # fmt: skip
def test_the_command_explains_wrong_words(words: list[str], says: str, town: Path) -> None:
    status, _, said = called(*(town / word if word.endswith(".yml") else word for word in words), root=town)
    assert status == 2
    assert says in said
