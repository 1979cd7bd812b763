"""The golden agencies' policies read as they did: a change of any provision shows in review."""

from __future__ import annotations

from tests.tools.generated import golden


def test_the_golden_policies_read_as_they_stand_in_git() -> None:
    for path, text in golden().items():
        assert path.read_text("utf-8") == text, f"{path.name} differs; if that is meant, run “make generated”"
