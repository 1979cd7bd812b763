"""How a policy is adopted: the block in the policy, the act that adopts it, and the memo to the body that decides."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policywright.draft import make_draft
from policywright.model.draft import Draft
from policywright.pages.book import make_book, render_book
from policywright.pages.views.adoption import AdoptionBlock, adoption_block, matters
from tests.support.agency_files import (
    ROOT,
    TOWN_ANSWERS,
    catalog,
    draft_with,
    repository_of,
    settled_answers,
    write_agency,
)

BLANK = "____________"
USUAL = {
    ("us_federal", "executive_department"): ("directive", "the head of the agency"),
    ("us_state", "executive_department"): ("order", "the head of the agency"),
    ("us_local", "municipal_general"): ("resolution", "the governing body"),
    ("us_local", "education"): ("resolution", "the governing board"),
    ("us_local", "utility_transit"): ("resolution", "the governing board"),
    ("us_tribal", "municipal_general"): ("resolution", "the Tribal Council"),
    ("uk_central", "executive_department"): ("approval", "the head of the department"),
    ("uk_devolved", "executive_department"): ("approval", "the head of the department"),
    ("uk_local", "municipal_general"): ("decision", "the Council"),
    ("au_commonwealth", "executive_department"): ("approval", "the head of the agency"),
    ("au_state_local", "municipal_general"): ("resolution", "the Council"),
    ("au_state_local", "health"): ("approval", "the head of the agency"),
    ("nz", "municipal_general"): ("resolution", "the Council"),
    ("nz", "executive_department"): ("approval", "the chief executive"),
    ("ca_federal", "program_bureau"): ("approval", "the deputy head"),
    ("ca_other", "municipal_general"): ("resolution", "the Council"),
    ("ca_other", "regulator"): ("approval", "the head of the agency"),
    ("other", "municipal_general"): ("decision", "the governing body"),
}
SAID = {
    "kind": "ordinance",
    "body": "the Village Trustees",
    "number": "2027-14",
    "authority": "Charter, section 3",
    "administrator": "the Village Manager",
    "may_amend_procedures": "the Deputy Manager",
}
DAYS = {"adopted": "2027-02-28", "in_force": "2027-03-01"}
OLD = {"title": "Web posting rules", "reference": "Order 9", "kind": "media_relations", "owner": "Town Clerk"}
KEPT = {"title": "Records manual", "kind": "records_schedule", "disposition": "adopt", "owner": "Town Clerk"}


def block(draft: Draft) -> AdoptionBlock:
    shown = adoption_block(draft)
    assert shown is not None
    return shown


def pages(draft: Draft, audience: str = "working") -> dict[str, str]:
    return {uri: html.unescape(page.text) for uri, page in make_book(draft, audience).pages.items()}


def row(text: str, head: str) -> str:
    """Return the cell beside this one in the adoption block."""
    (found,) = re.findall(rf"^\| {head} \| (.*) \|$", text.partition("{: #adoption ")[2], re.MULTILINE)
    return str(found)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town whose policy could be published."""
    return write_agency(tmp_path_factory.mktemp("settled"), settled_answers(), {"preset": "two_way"})


@pytest.fixture(scope="module")
def town(settled: Path) -> Draft:
    return make_draft(repository_of(settled), catalog())


def adopted(draft: Draft, said: Mapping[str, str] = SAID, days: Mapping[str, str] = DAYS) -> Draft:
    document = draft.document
    dates = {**document.dates, **days}
    return replace(draft, document=replace(document, adoption=replace(document.adoption, **said), dates=dates))


def test_the_cases_are_all_jurisdictions_and_every_row_of_the_catalog() -> None:
    assert {jurisdiction for jurisdiction, _ in USUAL} == set(catalog().questions["agency.jurisdiction"].choices)
    assert {(one.form, one.body) for one in catalog().usual} == set(USUAL.values())


@pytest.mark.parametrize(("jurisdiction", "kind"), USUAL)
def test_every_kind_of_body_adopts_in_its_usual_way(jurisdiction: str, kind: str, tmp_path: Path) -> None:
    form, body = USUAL[jurisdiction, kind]
    draft = draft_with(tmp_path, {"agency.jurisdiction": jurisdiction, "agency.type": kind}, {"preset": "one_way"})
    shown = block(draft)
    assert (shown.form.id, shown.body) == (form, body)
    texts = pages(draft)
    title = catalog().forms[form].title
    assert row(texts["policy.md"], "Adopted by") == body[0].upper() + body[1:]
    assert row(texts["policy.md"], "Act") == f"{title} No. {BLANK}"
    assert re.search(rf"^# {title} No\. {BLANK}$", texts["adopting-act.md"], re.MULTILINE)
    assert body in texts["adopting-act.md"].lower() or body in texts["adopting-act.md"]
    assert f"adopt {title} No. {BLANK}" in texts["cover-memo.md"]


@pytest.mark.parametrize("form", catalog().forms)
def test_every_form_of_the_act_has_its_words_and_its_lines_to_sign(form: str, town: Draft) -> None:
    act = pages(adopted(town, {**SAID, "kind": form}))["adopting-act.md"]
    style = catalog().forms[form].style
    vote = ("Ayes ____ Nays ____", "Attest: ____", "Approved as to form: ____")
    assert [words in act for words in vote] == [style == "resolved"] * 3
    assert ("WHEREAS" in act, "NOW, THEREFORE, BE IT" in act) == (style == "resolved",) * 2
    assert ("BE IT ORDAINED" in act) == (form == "ordinance")
    assert all((f"**{word}" in act) == (style == "ordered") for word in ("Purpose.", "Authority.", "Cancellation."))
    assert ("The Village Trustees, under Charter, section 3, decides" in act) == (style == "decided")
    assert (f"For {SAID['body']}: ____" in act) == (style != "resolved")
    assert all(words in act for words in ("2027-14", "1 March 2027", "Deputy Manager", "Social media policy"))
    assert "undefined" not in act.lower()


def test_policy_yml_overrides_every_field(tmp_path: Path) -> None:
    said = {**SAID, "adopted": DAYS["adopted"], "effective": DAYS["in_force"]}
    draft = draft_with(tmp_path, TOWN_ANSWERS, {"preset": "two_way", "owner": "the Town Clerk", "adoption": said})
    shown = block(draft)
    assert shown.form.id == "ordinance"
    assert {key: getattr(shown, key) for key in SAID if key != "kind"} == {k: v for k, v in SAID.items() if k != "kind"}
    assert (shown.adopted, shown.effective) == (DAYS["adopted"], DAYS["in_force"])
    text = pages(draft)["policy.md"]
    assert {head: row(text, head) for head in ("Adopted by", "Act", "Authority", "Adopted on", "Takes effect on")} == {
        "Adopted by": "The Village Trustees",
        "Act": "Ordinance No. 2027-14",
        "Authority": "Charter, section 3",
        "Adopted on": "28 February 2027",
        "Takes effect on": "1 March 2027",
    }
    assert row(text, "Administered by") == "The Village Manager"
    assert row(text, "Procedures and annexes may be changed by") == "The Deputy Manager"


@pytest.mark.parametrize("said", [{}, {"administrator": "the Village Manager"}])
def test_who_administers_follows_from_the_owner_unless_it_is_stated(said: dict[str, str], tmp_path: Path) -> None:
    draft = draft_with(tmp_path, TOWN_ANSWERS, {"owner": "the Town Clerk", "adoption": said})
    expected = said.get("administrator", "the Town Clerk")
    assert (block(draft).administrator, block(draft).may_amend_procedures) == (expected, expected)


def test_what_nobody_stated_is_a_line_to_fill_in_and_no_day_is_invented(tmp_path: Path) -> None:
    # The preset names an owner, who would administer the policy.
    write_agency(tmp_path, TOWN_ANSWERS | {"stakeholders.policy_owner": "undecided"}, {"preset": "two_way"})
    draft = make_draft(repository_of(tmp_path), catalog(), "2027-01-10")
    texts = pages(draft)
    for head in ("Authority", "Adopted on", "Takes effect on", "Supersedes", "Administered by"):
        assert row(texts["policy.md"], head) == BLANK, head
    assert row(texts["policy.md"], "Procedures and annexes may be changed by") == BLANK
    for uri in ("adopting-act.md", "cover-memo.md"):
        assert BLANK in texts[uri]
        assert "2027" not in texts[uri]
        assert "10 January" not in texts[uri]
    assert f"takes effect on {BLANK}" in texts["adopting-act.md"]
    assert f"Adopted on {BLANK} by the following vote" in texts["adopting-act.md"]


REGISTERS: dict[str, tuple[Any, str]] = {
    "nobody has said": (None, BLANK),
    "there is none": ([], "Nothing"),
    "none is replaced": ([KEPT], "Nothing"),
    "one is replaced": ([KEPT, OLD | {"disposition": "supersede"}], "Web posting rules (Order 9)"),
    "two are replaced": (
        [OLD | {"disposition": "supersede"}, KEPT | {"disposition": "supersede"}],
        "Web posting rules (Order 9); Records manual",
    ),
}


@pytest.mark.parametrize(("register", "said"), REGISTERS.values(), ids=REGISTERS)
def test_what_is_superseded_comes_from_the_register(register: Any, said: str, tmp_path: Path) -> None:
    known = {} if register is None else {"existing.register": register}
    draft = draft_with(tmp_path, TOWN_ANSWERS | known, {"preset": "two_way"})
    assert row(pages(draft)["policy.md"], "Supersedes") == said
    # The published pages say the same, although they show no answer that is internal.
    assert row(html.unescape(render_book(draft, "published").pages["policy.md"].text), "Supersedes") == said
    replaced = [] if said in ("Nothing", BLANK) else said.split("; ")
    resolution = pages(adopted(draft, {"kind": "resolution"}))["adopting-act.md"]
    assert re.findall(r"WHEREAS the policy replaces (.+?);", resolution) == replaced
    assert re.findall(r"1\. (.+) is repealed on that date\.", resolution) == replaced
    ordered = pages(adopted(draft, {"kind": "order"}))["adopting-act.md"]
    assert re.findall(r"(\S[^.]*?) is cancelled\.", ordered.partition("**Cancellation.** ")[2]) == replaced
    assert ("cancels no earlier one" in ordered) == (said == "Nothing")
    decided = pages(adopted(draft, {"kind": "decision"}))["adopting-act.md"]
    assert re.findall(r"1\. (.+) ceases to apply on that date\.", decided) == replaced


@pytest.mark.parametrize("publish", ["intranet", "web"])
def test_the_act_is_on_the_published_site_only_once_the_policy_is_adopted(publish: str, town: Draft) -> None:
    town = replace(town, document=replace(town.document, publish=publish))
    assert "adopting-act.md" in make_book(town).pages
    before, after = make_book(town, "published"), make_book(adopted(town), "published")
    assert ["adopting-act.md" in book.pages for book in (before, after)] == [False, True]
    homes = [html.unescape(book.pages["index.md"].text) for book in (before, after)]
    assert ["(adopting-act.md)" in home for home in homes] == [False, True]
    assert ["adopting-act" in str(book.navigation) for book in (before, after)] == [False, True]
    assert "Ordinance No. 2027-14" in after.pages["adopting-act.md"].text


@pytest.mark.parametrize("publish", ["intranet", "web"])
@pytest.mark.parametrize("days", [{}, DAYS], ids=["before the adoption", "adopted"])
def test_the_cover_memo_is_in_no_published_file(publish: str, days: dict[str, str], town: Draft) -> None:
    town = replace(town, document=replace(town.document, publish=publish))
    town = adopted(town, days=days)
    memo = pages(town)["cover-memo.md"]
    book = make_book(town, "published")
    files = [page.text for page in book.pages.values()]
    files += [c if isinstance(c, str) else c.decode("utf-8", "replace") for c in book.files.values()]
    whole = html.unescape("\n".join([*files, str(book.navigation)]))
    # What the policy says too, such as the goals, is no secret; the memo's own words are.
    own = ["Cover memo", "cover-memo", "Suggested motion", "I move to adopt", "Accepted risks", "Open points"]
    assert all(words in memo for words in own if words != "cover-memo")
    assert "cover-memo" in str(make_book(town).navigation)
    assert not [words for words in own if words in whole]
    lines = [line for line in memo.splitlines() if len(line) > 60 and not line.startswith("|")]
    assert len(lines) > 3
    assert not [line for line in lines if line in whole]


def test_the_memo_names_what_is_open_accepted_and_signed(tmp_path: Path) -> None:
    wrong = {**settled_answers(), "security.mfa": "none", "accounts.min_admins": "one"}
    write_agency(tmp_path, wrong, {"preset": "two_way"})
    draft = make_draft(repository_of(tmp_path), catalog())
    found = [finding for finding in draft.findings if finding.severity in ("blocker", "warning")]
    assert found
    assert matters(draft).open == tuple(found)
    memo = pages(draft)["cover-memo.md"]
    open_points = memo.partition("{: #open }")[2].partition("## ")[0]
    assert all(finding.message in open_points for finding in found)
    assert "no open conflicts" not in open_points
    assert "{: #risks }\n\nNone." in memo


def test_a_calm_agency_has_no_open_point(town: Draft) -> None:
    assert not town.findings
    memo = pages(town)["cover-memo.md"]
    assert "There are no open conflicts." in memo
    assert "waiting for answers" not in memo


@pytest.mark.parametrize("line", ["adoption: {body: the Council, kind: resolutoin}", "adoption:\n  kind: resolutoin"])
def test_an_unknown_form_is_refused_in_its_place(line: str, tmp_path: Path) -> None:
    write_agency(tmp_path, TOWN_ANSWERS)
    text = f"agency: {{name: Town of Exampleton}}\n{line}\n"
    (tmp_path / "policy.yml").write_text(text, encoding="utf-8")
    draft = make_draft(repository_of(tmp_path), catalog())
    (found,) = [finding for finding in draft.findings if finding.code == "E112"]
    assert "There is no form of adoption “resolutoin”. Did you mean “resolution”?" in found.message
    lines = text[: text.index("resolutoin")].split("\n")
    assert str(found.places[0]) == f"policy.yml:{len(lines)}:{len(lines[-1]) + 1}"
    assert all(form in found.fix for form in catalog().forms)
    assert block(draft).form.id == "resolution", "the usual form"


@pytest.mark.parametrize("audience", ["working", "published"])
@pytest.mark.parametrize(("register", "said"), REGISTERS.values(), ids=REGISTERS)
def test_programs_read_the_same_adoption_as_people(audience: str, register: Any, said: str, tmp_path: Path) -> None:
    known = {} if register is None else {"existing.register": register}
    draft = adopted(draft_with(tmp_path, TOWN_ANSWERS | known, {"preset": "two_way"}))
    data = json.loads(render_book(draft, audience).files["api/policy.json"])["adoption"]
    stated = {**SAID, "adopted": DAYS["adopted"], "effective": DAYS["in_force"]}
    assert {key: data["form" if key == "kind" else key] for key in stated} == stated
    titles = [f"{one['title']} ({one['number']})".removesuffix(" ()") for one in data["supersedes"] or []]
    assert {"Nothing": [], BLANK: []}.get(said, said.split("; ")) == titles
    assert (data["supersedes"] is None) == (said == BLANK)


def test_the_act_and_the_block_say_the_same(town: Draft) -> None:
    texts = pages(adopted(town))
    for words in ("Village Trustees", "2027-14", "1 March 2027", "Deputy Manager", "28 February 2027"):
        assert words in texts["adopting-act.md"]
        assert words in texts["policy.md"].partition("{: #adoption ")[2]


def test_the_template_asks_for_every_field_and_names_every_form() -> None:
    text = (ROOT / "cookiecutter-policy" / "{{cookiecutter.repo_name}}" / "policy.yml").read_text("utf-8")
    asked = text.partition("\nadoption:\n")[2].partition("\n\n")[0]
    assert {line.split(":")[0].strip() for line in asked.splitlines()} == set(SAID)
    assert f"  kind: # {' | '.join(catalog().forms)}\n" in asked
