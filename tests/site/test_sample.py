"""The sample agency on this project's site has lived with a policy, and is as the commands of this version write it."""

from __future__ import annotations

from policywright.approval.sign_offs import standings
from policywright.draft import draft_of
from tests.support.agency_files import ROOT
from tests.support.in_process import run_here

SAMPLE = ROOT / "docs" / "sample"
TODAY = "2026-11-30"
STALE = "run: make sample"


def test_the_sample_shows_each_step_in_the_life_of_a_policy() -> None:
    draft = draft_of(SAMPLE, TODAY)
    assert (draft.counts["error"], draft.counts["blocker"], draft.undecided) == (0, 0, ()), STALE
    assert [release.version for release in draft.releases] == ["1.0", "1.1"]
    assert draft.releases[0].frozen.fingerprint != draft.releases[1].frozen.fingerprint
    assert [one.state for one in standings(draft) if one.state != "valid"] == ["lapsed"], STALE
    assert [(one.code, one.decision.state) for one in draft.findings if one.decision] == [("SEC-01", "valid")], STALE
    assert [one.reviewed for one in draft.calls] == ["2026-06-22"]
    assert [clause.id for clause in draft.overrides] == ["CIT-2-criticism-welcome"]
    given = {answer.status for answer in draft.answers.values() if answer.question.tier == "essential" and answer.asked}
    assert given == {"confirmed"}, STALE


def test_the_sample_needs_no_upgrade_and_no_second_look() -> None:
    assert run_here("policywright", "upgrade", SAMPLE, "--today", TODAY).stdout == "Nothing to do.\n", STALE
    assert "P102" not in run_here("policywright", "check", SAMPLE, "--today", TODAY).stdout, STALE
