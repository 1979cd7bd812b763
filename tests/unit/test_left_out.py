"""What the settings of a site leave out, as commands read them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec.gitignore import GitIgnoreSpec

from policywright.pages.own_pages import Docs, left_out
from policywright.pages.site_settings import docs_of


@pytest.mark.parametrize(
    ("settings", "out", "kept"),
    [
        ("exclude_docs: a.md\n", ["a.md", "b/a.md"], ["b.md"]),
        ("plugins: [search, {exclude: {glob: a*}}]\n", ["a.md", "a/b.md"], ["b/a.md"]),
        (
            "plugins: {search: , exclude: {glob: ['*/a.md'], regex: 'b\\d'}}\n",
            ["x/a.md", "x/y/a.md", "b1.md"],
            ["a.md", "ab1.md"],
        ),
        ("plugins: {exclude: {regex: ['(', 'c']}}\n", ["c.md"], ["a.md", "(.md"]),
        ("plugins: {exclude: }\n", [], ["a.md"]),
        ("plugins: [exclude]\n", [], ["a.md"]),
        ("plugins: exclude\n", [], ["a.md"]),
    ],
)
def test_what_the_settings_and_the_plug_in_exclude_leave_out_is_left_out(
    settings: str, out: list[str], kept: list[str], tmp_path: Path
) -> None:
    (tmp_path / "mkdocs.yml").write_text(settings, "utf-8")
    docs = docs_of(tmp_path)
    assert [uri for uri in (*out, *kept) if left_out(uri, docs)] == out


NAMES = st.sampled_from(["a", ".a", "a.b", "templates", "Templates", "..a", "index.md", ".md", "mytemplates"])


@given(st.lists(NAMES, min_size=1, max_size=4).map("/".join))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_what_every_site_leaves_out_is_what_git_would_ignore(uri: str) -> None:
    """Settings that leave out nothing are the usual ones, and need no library."""
    nothing = GitIgnoreSpec.from_lines([])
    assert left_out(uri, Docs(Path("docs"))) == left_out(uri, Docs(Path("docs"), left_out=(nothing,)))
