"""Photograph a built site.

python -m tests.tools.screenshots SITE_DIR OUT_DIR [page …]     every page, wide and narrow, light and dark
python -m tests.tools.screenshots --pictures SITE_DIR OUT_DIR   the pictures of the landing page
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

from tests.support.chromium import open_browser, serve

PAGES = [
    "index", "policy", "findings", "first-steps/goals", "guidance/comments", "checklists/index",
    "checklists/launch", "existing-policies", "stakeholders/index", "sources", "house-rules", "staff-card", "scenarios",
]  # fmt: skip
WIDTHS = {"wide": 1280, "phone": 390}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

PICTURES = {"findings": "findings.html", "policy": "policy.html#cit-1-comments-all"}
PICTURE_SIZE = ViewportSize(width=1280, height=800)
LARGEST = 120_000

OPEN_THE_REASON = """() => {
  if (!location.hash) return;
  const shown = document.querySelector(location.hash);
  const follows = (one) => shown.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
  [...document.querySelectorAll("details.pw-why")].find(follows)?.setAttribute("open", "");
}"""
AS_WEBP = """async (png) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + png;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: picture.width, height: picture.height});
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas.toDataURL("image/webp", 0.9).split(",")[1];
}"""


def main(site: Path, out: Path, pages: list[str]) -> None:
    """Write one PNG for each page, width and color scheme."""
    out.mkdir(parents=True, exist_ok=True)
    with serve(site) as address, open_browser() as browser:
        for scheme in SCHEMES:
            for name, width in WIDTHS.items():
                page = browser.new_page(viewport=ViewportSize(width=width, height=900), color_scheme=scheme)
                for path in pages:
                    page.goto(f"{address}{path}.html")
                    page.wait_for_timeout(150)
                    file = f"{path.replace('/', '-')}-{name}-{scheme}.png"
                    page.screenshot(path=out / file, full_page=False)
                page.close()


def pictures(site: Path, out: Path) -> None:
    """Write the landing page's pictures, `findings-light.webp` and so on; stop when one is too large."""
    out.mkdir(parents=True, exist_ok=True)
    with serve(site) as address, open_browser() as browser:
        for scheme in SCHEMES:
            page = browser.new_page(viewport=PICTURE_SIZE, color_scheme=scheme, reduced_motion="reduce")
            for name, path in PICTURES.items():
                file = out / f"{name}-{scheme}.webp"
                file.write_bytes(picture(page, f"{address}{path}"))
                print(f"{file}: {file.stat().st_size} bytes")
                assert file.stat().st_size < LARGEST, f"{file} has more than {LARGEST} bytes"
            page.close()


def picture(page: Page, address: str) -> bytes:
    """Return what a page shows, with the first reason after the address's mark opened, as WebP."""
    answer = page.goto(address)
    assert answer
    assert answer.ok, f"{address} is not there; run: make pictures"
    page.evaluate(OPEN_THE_REASON)
    page.wait_for_timeout(300)
    png = base64.b64encode(page.screenshot()).decode()
    page.goto("about:blank")
    return base64.b64decode(page.evaluate(AS_WEBP, png))


if __name__ == "__main__":
    if sys.argv[1] == "--pictures":
        pictures(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or PAGES)
