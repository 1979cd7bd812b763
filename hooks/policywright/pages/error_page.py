"""The one-page site that says why a policy cannot be drafted."""

from __future__ import annotations

import json

from policywright.language.texts import escape_markdown
from policywright.model.findings import PolicyError
from policywright.pages.renderer import Book, Page
from policywright.pages.style import assets


def error_page(error: PolicyError) -> Book:
    """Return a one-page site that lists what prevents the draft."""
    lines = [
        f"- **{finding.places[0]}** {escape_markdown(finding.message)} {escape_markdown(finding.fix)}"
        for finding in error.findings
    ]
    title = json.dumps("The policy cannot be drafted")
    text = f"---\ntitle: {title}\n---\n\n# The policy cannot be drafted\n\n" + "\n".join(lines) + "\n"
    return Book(
        {"index.md": Page("index.md", "The policy cannot be drafted", text)}, [{"Home": "index.md"}], (), assets()
    )
