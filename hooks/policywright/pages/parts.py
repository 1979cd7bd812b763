"""What each shortcode shows: the view of a part, once `shortcodes` has found what it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from policywright.model.catalog import Element, Topic
from policywright.pages.views.elements import answers_part, law_part, offices_part, questions_part, rules_part
from policywright.pages.views.findings import FindingsPart, findings_part, status_part
from policywright.pages.views.home import home_part
from policywright.pages.views.policy import provisions_part
from policywright.pages.views.site import AgencySite, Site, View
from policywright.pages.views.tasks import tasks_part


def part_about(code: str, subject: Any, page: str, site: Site) -> View | None:
    """Return the view of a shortcode about something, or None if it shows nothing on this site.

    `page` is the element whose page it is on, or empty.
    """
    if code in _OF_AN_AGENCY:
        assert isinstance(site, AgencySite)
        return _OF_AN_AGENCY[code](subject, site)
    # The guidance of a published site has readers who answer no question.
    asked = not page or site.draft is None or site.working
    return _OF_AN_ELEMENT[code](_possible(subject, site), site, asked)


def _possible(element: Element | Topic, site: Site) -> Element | Topic:
    """Return an element or a topic with the questions that can arise."""
    return replace(element, questions=tuple(one for one in element.questions if site.possible(one.when)))


_OF_AN_ELEMENT: Mapping[str, Callable[[Element | Topic, Any, bool], View]] = {
    "questions": lambda element, site, asked: questions_part(element.questions if asked else (), site),
    "rules": lambda element, site, _: rules_part(element, site),
    "law": lambda element, site, _: law_part(element, site),
    "offices": lambda element, _, asked: offices_part(element, questions=asked),
    "answers": lambda element, site, _: answers_part(element, site),
}


def _findings(element: str, site: AgencySite) -> FindingsPart:
    chosen = [finding for finding in site.draft.findings if not element or finding.element == element]
    return findings_part(chosen, site.draft)


_OF_AN_AGENCY: Mapping[str, Callable[[Any, AgencySite], View | None]] = {
    "findings": _findings,
    "home": lambda _, site: home_part(site),
    "status": lambda _, site: status_part(site) if site.working else None,
    "provision": provisions_part,
    "checklist": lambda checklist, site: tasks_part(site, checklist),
}
