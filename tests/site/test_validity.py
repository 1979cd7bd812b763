"""Every page of every site is valid HTML, by the Nu HTML checker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.checkers import invalid

pytestmark = [pytest.mark.slow, pytest.mark.tools]


def test_every_page_is_valid_html(working_site: Path, published_site: Path, own_site: Path) -> None:
    found = invalid(working_site, published_site, own_site)
    assert not found, "\n".join(found)
