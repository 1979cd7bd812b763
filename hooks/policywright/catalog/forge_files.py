"""The files that a forge shows to people: who answers in which file, and what a request or an issue begins with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from policywright.catalog.blank_answers import as_template, asked_in_file
from policywright.model.catalog import Catalog, Question, Role

OWNERS = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}
REQUESTS = {"github": ".github/pull_request_template.md", "gitlab": ".gitlab/merge_request_templates/Default.md"}
ISSUES = {"github": ".github/ISSUE_TEMPLATE", "gitlab": ".gitlab/issue_templates"}

_OWNERS_HEAD = """\
# Who is asked to review a change, by file. Every line is a comment until somebody fills it in, because a name that
# the server does not know is an error.
# Each @name below is a placeholder for an office. Replace it by the account or the group of that office, and take away
# the “# ” before the line. The last line that matches a file applies.
#
"""
_REQUEST_HEAD = """\
## What changes

<!-- Say in one or two sentences what you answered differently, and why. -->

## Who has to agree

<!-- Keep the lines of the files that you changed. The office before the colon decides; the others are consulted. -->

"""


@dataclass(frozen=True)
class _Issue:
    """The text with which an issue begins, for people who read the policy and do not know this repository."""

    name: str
    about: str
    text: str


_KINDS_OF_ISSUES = {
    "policy-question": _Issue(
        "A question about the policy",
        "You cannot find what applies, or it can be read in two ways",
        """\
**Which provision?** Its number and title, or the address of its page. Write “none” if you found none.

**What do you want to do, or what happened?** One or two sentences, without names and without confidential details.

**What is unclear?** What you did not find, or the two ways to read it.

<!-- If somebody must act now, do not wait for an answer here: ask the office that the policy names. -->
""",
    ),
    "policy-mistake": _Issue(
        "Something in the policy is wrong",
        "An answer, a name or a provision does not say what is true or what was decided",
        """\
**Where is it?** The number and title of the provision, the address of the page, or the file and the question.

**What does it say, and what is right?** Leave out confidential details.

**What does that rest on?** For example, a decision with its date, a contract, a law, or the office that knows.

**How urgent is it?** For example, somebody acts on the wrong text now, or it can wait for the next version.
""",
    ),
}


def forge_files(catalog: Catalog) -> dict[str, str]:
    """Return the template's files for the forges: path in the template -> text.

    The prompt decides which forge gets its files, so the condition is in the name of the file.
    """
    return {
        **{_only_for(forge, name): as_template(code_owners(catalog)) for forge, name in OWNERS.items()},
        **{_only_for(forge, name): as_template(request_template(catalog)) for forge, name in REQUESTS.items()},
        **{
            _only_for(forge, f"{folder}/{name}.md"): _issue_template(forge, issue)
            for forge, folder in ISSUES.items()
            for name, issue in _KINDS_OF_ISSUES.items()
        },
    }


def _issue_template(forge: str, issue: _Issue) -> str:
    """Return the text of an issue; GitHub also wants a head, and GitLab shows the name of the file."""
    head = f"---\nname: {issue.name}\nabout: {issue.about}\n---\n\n" if forge == "github" else ""
    return head + issue.text


def _only_for(forge: str, name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/{{% if cookiecutter.forge == '{forge}' %}}{file}{{% endif %}}"


def code_owners(catalog: Catalog) -> str:
    """Return a CODEOWNERS file whose lines are comments: each file with the offices that decide about its answers."""
    files = {file: deciders(asked) for file, asked in asked_by_file(catalog).items()}
    width = max(map(len, files))
    lines = [f"# /{file:<{width}} {' '.join(_handle(role) for role in roles)}" for file, roles in files.items()]
    named = {role for roles in files.values() for role in roles}
    offices = {_handle(key): role.title for key, role in catalog.roles.items() if key in named}
    wide = max(map(len, offices))
    meant = "".join(f"#   {handle:<{wide}} {title}\n" for handle, title in offices.items())
    return "\n".join([_OWNERS_HEAD + meant, *lines]) + "\n"


def _handle(role: str) -> str:
    return f"@{role.replace('_', '-')}"


def request_template(catalog: Catalog) -> str:
    """Return the text with which the description of a change begins: a box to tick for each file and its offices."""
    rows = (_box(file, asked, catalog.roles) for file, asked in asked_by_file(catalog).items())
    return _REQUEST_HEAD + "".join(rows)


def _box(file: str, asked: list[Question], roles: Mapping[str, Role]) -> str:
    first = deciders(asked)
    others = dict.fromkeys(role for question in asked for role in question.asked_of if role not in first)
    heard = f"; ask also: {_titles(others, roles)}" if others else ""
    return f"- [ ] `{file}`: {_titles(first, roles)}{heard}\n"


def _titles(names: Mapping[str, object] | tuple[str, ...], roles: Mapping[str, Role]) -> str:
    return ", ".join(roles[name].title for name in names)


def asked_by_file(catalog: Catalog) -> dict[str, list[Question]]:
    """Return the questions of each answer file and register."""
    answers = {asked[0].file: asked for one in catalog.elements.values() if (asked := asked_in_file(one))}
    registers = {one.file: [one] for one in catalog.questions.values() if one.register}
    return {file: asked for file, asked in (answers | registers).items() if any(one.asked_of for one in asked)}


def deciders(asked: list[Question]) -> tuple[str, ...]:
    """Return the offices that decide about these answers, the one with the most answers first."""
    counts = Counter(question.owner for question in asked if question.owner)
    return tuple(role for role, _ in counts.most_common())
