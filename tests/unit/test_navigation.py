"""The navigation: our pages in place of their placeholder, and nothing twice."""

from __future__ import annotations

from typing import Any

import pytest

from policywright.mkdocs_site.navigation import PLACEHOLDER, with_ours

OURS = [{"Home": "index.md"}, {"Policy": [{"The policy": "policy.md"}, {"Rules": "rules.md"}]}]
OWN = {"Training": "training.md"}


@pytest.mark.parametrize(
    ("theirs", "together"),
    [
        ([OWN], [OWN]),
        ([OWN, PLACEHOLDER], [OWN, *OURS]),
        ([{"All": PLACEHOLDER}, OWN], [{"All": OURS}, OWN]),
        ([{"Work": [OWN, PLACEHOLDER]}], [{"Work": [OWN, *OURS]}]),
        (["index.md", PLACEHOLDER], ["index.md", OURS[1]]),
        (
            [PLACEHOLDER, {"More": [{"First": "policy.md"}, "rules.md"]}],
            [OURS[0], {"More": [{"First": "policy.md"}, "rules.md"]}],
        ),
        ({"Start": "training.md", "All": PLACEHOLDER}, [{"Start": "training.md"}, {"All": OURS}]),
        ([{"": PLACEHOLDER}, None], [{"": OURS}, None]),
    ],
)
def test_a_placeholder_holds_the_pages_that_the_navigation_names_nowhere_else(theirs: Any, together: list[Any]) -> None:
    assert with_ours(theirs, OURS) == together
