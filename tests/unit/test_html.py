"""Finished HTML gets what Material leaves out: names, regions that scroll, and words that are shown as they are."""

from __future__ import annotations

import html

import pytest
from markupsafe import Markup

from policywright.mkdocs_site.html import accessible, corrected, escaped, escaped_labels, lost, without_comments

TABLE = "<table><tr><td>x</td></tr></table>"


def test_each_table_is_a_region_with_a_name_that_the_keyboard_can_scroll() -> None:
    first, second = accessible(f"<p>{TABLE}</p>{TABLE}").split("</div>")[:2]
    assert first.startswith('<p><div class="table-scroll" role="region" aria-label="Table 1" tabindex="0"><table>')
    assert 'aria-label="Table 2"' in second
    assert accessible(TABLE).count("<div") == accessible(TABLE).count("</div>") == 1


def row(*cells: str, tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


def test_a_cell_of_a_wide_table_names_its_column() -> None:
    head, cells = row("Who", 'The "<em>b</em>"', "When", tag="th"), row("a", "b", "c", "d")
    made = accessible(f"<table><thead>{head}</thead><tbody>{cells}{row('e')}</tbody></table>")
    assert '<td data-label="Who">a</td><td data-label="The &quot;b&quot;">b</td><td data-label="When">c</td>' in made
    assert "<td>d</td></tr>" in made
    assert '<tr><td data-label="Who">e</td></tr>' in made


def test_a_table_that_fits_a_phone_stays_as_it_is() -> None:
    narrow = f"<table>{row('a', 'b', tag='th')}{row('c', 'd')}</table>"
    assert narrow in accessible(narrow)


def test_a_table_within_another_stays_whole() -> None:
    nested = f"<table><tr><td>{TABLE}</td></tr></table>"
    made = accessible(nested)
    assert made.count("<table>") == made.count("</table>") == 2
    assert made.count("<div") == made.count("</div>")


def test_a_table_that_has_a_class_has_its_own_region_already() -> None:
    ours = '<div><table class="pw-data"><tr></tr></table></div>'
    assert accessible(ours) == ours


def test_the_keyboard_can_scroll_a_block_of_code() -> None:
    assert accessible("<pre><code>x</code></pre> <code>y</code>") == (
        '<pre><code tabindex="0">x</code></pre> <code>y</code>'
    )


def test_comments_go_with_all_their_lines() -> None:
    assert without_comments("a<!-- one\n\n-- two -->b<!---->c") == "abc"


def test_landmarks_of_the_theme_get_names() -> None:
    search = '<div class="md-search" data-md-component="search" role="dialog">'
    menu = '<label class="md-header__button md-icon" for="__drawer"><svg/></label>'
    assert 'aria-label="Search"' in corrected(search)
    assert corrected(menu).startswith(
        '<label class="md-header__button md-icon" for="__drawer" tabindex="0"><span class='
    )
    assert ">Menu</span><svg/></label>" in corrected(menu)


def test_a_title_is_a_label_only_while_there_is_something_to_label() -> None:
    title = '<label class="md-nav__title" for="__toc">Contents</label>'
    box = '<input id="__toc">'
    assert corrected(title) == '<label class="md-nav__title">Contents</label>'
    assert corrected(box + title) == box + title


def test_a_nested_section_is_named_by_its_title() -> None:
    theirs = (
        '<nav aria-labelledby="__nav_3_1_label" aria-expanded="false">\n  <label class="md-nav__title" for="__nav_3_1">'
    )
    ours = corrected(theirs)
    assert 'aria-labelledby="__nav_3_1_title"' in ours
    assert '<label class="md-nav__title" id="__nav_3_1_title"' in ours


def test_the_page_for_wrong_addresses_says_what_to_do() -> None:
    page = lost("<article><h1>404 - Not found</h1></article>")
    assert "<h1>There is no such page</h1>" in page
    assert "404" not in page


@pytest.mark.parametrize("words", ["Town <b>of</b> & Co", '"{{ name }}" {% if %}', "  a \n b ", "é ü"])
def test_words_are_shown_as_they_are_wherever_a_theme_prints_them(words: str) -> None:
    shown = escaped(words)
    assert html.unescape(shown) == " ".join(words.split())
    assert not set("<>{}\n") & set(shown)
    assert Markup("{}").format(shown) == shown, "a theme that escapes adds nothing"


def test_the_titles_of_a_navigation_are_escaped_at_every_depth() -> None:
    assert escaped_labels(["a.md", {"<b>": "b.md"}, {"{": ["c.md", {"&": "d.md"}]}]) == [
        "a.md",
        {"&lt;b&gt;": "b.md"},
        {"&#123;": ["c.md", {"&amp;": "d.md"}]},
    ]
