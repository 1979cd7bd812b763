"""What an agency put into docs/ itself: its pages, and the files beside them."""

from __future__ import annotations

from pathlib import Path

from policywright.files.yaml import leads_out, outside, read_text
from policywright.model.draft import Draft
from policywright.model.findings import Finding, PolicyError
from policywright.pages.shortcodes import Expander
from policywright.pages.views.site import AgencySite, View


def own_pages(docs: Path) -> dict[str, str]:
    """Read the agency's own Markdown pages: uri -> text. Raise PolicyError on one that cannot be read."""
    pages, findings = _read(docs)
    if findings:
        raise PolicyError(findings)
    return pages


def own_files(docs: Path) -> dict[str, bytes]:
    """Read what lies beside the agency's own pages: images and other files by path."""
    links = {finding.places[0].file for finding in strays(docs)}
    files = (path for path in sorted(docs.rglob("*")) if path.is_file() and path.suffix != ".md")
    files = (path for path in files if f"docs/{path.relative_to(docs).as_posix()}" not in links)
    return {path.relative_to(docs).as_posix(): path.read_bytes() for path in files}


def strays(docs: Path) -> list[Finding]:
    """Report the links below docs/ that lead out of the repository; nothing behind them may be published."""
    links = (path for path in sorted(docs.rglob("*")) if path.is_symlink())
    names = ((path, f"docs/{path.relative_to(docs).as_posix()}") for path in links)
    return [outside(name) for path, name in names if leads_out(path, name)]


def own_problems(docs: Path, draft: Draft) -> list[Finding]:
    """Return what is wrong in the agency's own pages, without rendering them."""
    pages, findings = _read(docs)
    findings += [finding for finding in strays(docs) if finding not in findings]
    site = AgencySite(draft.catalog, working=True, draft=draft)
    for uri, text in pages.items():
        findings += Expander(site, _Unwritten()).expand(text, f"docs/{uri}", "")[1]
    return findings


def _read(docs: Path) -> tuple[dict[str, str], list[Finding]]:
    pages: dict[str, str] = {}
    findings: list[Finding] = []
    for path in sorted(docs.rglob("*.md")):
        uri = path.relative_to(docs).as_posix()
        pages[uri], problems = read_text(path, f"docs/{uri}")
        findings += problems
    return pages, findings


class _Unwritten:
    """Stands in for a page of which only the mistakes are wanted."""

    def render(self, view: View) -> str:  # noqa: ARG002 - the signature is the binder's
        return ""

    def link(self, target: str) -> str:
        return target
