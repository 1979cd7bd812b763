"""Photograph the pages of a built site: python tests/screenshots.py SITE_DIR OUT_DIR [page …]."""

from __future__ import annotations

import sys
from pathlib import Path

from chromium import open_browser, serve

PAGES = [
    "index", "policy", "findings", "first-steps/goals", "guidance/comments", "checklists/index",
    "checklists/launch", "existing-policies", "stakeholders/index", "sources", "house-rules", "staff-card", "scenarios",
]  # fmt: skip
WIDTHS = {"wide": 1280, "phone": 390}


def main(site: Path, out: Path, pages: list[str]) -> None:
    """Write one PNG for each page, width and colour scheme."""
    out.mkdir(parents=True, exist_ok=True)
    with serve(site) as address, open_browser() as browser:
        for scheme in ("light", "dark"):
            for name, width in WIDTHS.items():
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                for path in pages:
                    page.goto(f"{address}{path}.html")
                    page.wait_for_timeout(150)
                    file = f"{path.replace('/', '-')}-{name}-{scheme}.png"
                    page.screenshot(path=out / file, full_page=False)
                page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or PAGES)
