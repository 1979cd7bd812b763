"""Measures Policywright against plain MkDocs and cookiecutter on the same pages in the same run: make bench."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from policywright.catalog.cache import load_catalog
from policywright.catalog.folders import catalog_folder
from policywright.catalog.reader import read_catalog
from policywright.files.kept import kept_names, throw_away
from policywright.files.yaml import read_yaml
from policywright.mkdocs_site.remembered import ENDING
from policywright.model.agency import EXPORT_FORMATS
from tests.support.agency_files import ROOT, TOOLS, bake, run
from tests.support.chromium import open_browser, serve
from tests.support.served import served

# An installed program has its bytecode; without it each command would compile all of our modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

RUNS = 7


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def alternately(
    actions: dict[str, Callable[[], object]], before: dict[str, Callable[[], object]] | None = None
) -> dict[str, list[float]]:
    """Time actions in turn, so that all run under the same load; the first round is discarded.

    `before` are what has to happen before some of them, untimed.
    """
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(RUNS + 1):
        for name, action in actions.items():
            if before and name in before:
                before[name]()
            took = timed(action)
            if number:
                times[name].append(took)
    return times


def command(*words: str | Path, cwd: Path | None = None) -> Callable[[], object]:
    """Return an action that runs a command and insists that it succeeds."""

    def action() -> None:
        done = run(*words, cwd=cwd)
        assert done.returncode == 0, done.stdout + done.stderr

    return action


def forget() -> None:
    """Throw away what builds remember of pages, but not the compiled catalog and templates."""
    for name in kept_names(ENDING):
        throw_away(name)


class Edited:
    """An agency in which somebody changes an answer again and again."""

    def __init__(self, agency: Path) -> None:
        self.agency, self.number = agency, 0
        self.file = agency / "answers" / "goals.yml"
        self.text = self.file.read_text("utf-8")

    def again(self) -> str:
        """Change the answer; return its words."""
        self.number += 1
        words = f"Audience number {self.number}"
        assert "\naudiences:\n" in self.text
        self.file.write_text(self.text.replace("\naudiences:\n", f"\naudiences: [{words}]\n"), "utf-8")
        return words

    def served(self) -> list[float]:
        """Return how many seconds pass from each of some edits until the site shows it."""
        with served(self.agency) as shows:
            assert shows("first-steps/goals.html", "audience")
            return [self._served_once(shows) for _ in range(RUNS)]

    def _served_once(self, shows: Callable[[str, str], bool]) -> float:
        time.sleep(1)  # nobody edits again at once, and the server still checks what it shows
        return timed(lambda: shows("first-steps/goals.html", self.again()))


def empty_site(folder: Path) -> Path:
    """Write an empty Material site."""
    (folder / "docs").mkdir(parents=True)
    (folder / "docs/index.md").write_text("# Empty\n")
    (folder / "mkdocs.yml").write_text("site_name: Empty\ntheme: {name: material, font: false}\n")
    return folder


def plain_template(scaffold: Path, folder: Path) -> Path:
    """Write a cookiecutter template with the same files as a scaffold, and nothing to render or to run."""
    inner = folder / "{{cookiecutter.repo_name}}"
    shutil.copytree(scaffold, inner, ignore=shutil.ignore_patterns("*.whl"))
    files = [path.relative_to(inner).as_posix() for path in inner.rglob("*") if path.is_file()]
    (folder / "cookiecutter.json").write_text(json.dumps({"repo_name": "plain", "_copy_without_render": files}))
    return folder


def longer(agency: Path, folder: Path) -> Path:
    """Copy an agency and make its answer files ten times longer, by comments and by long list answers."""
    shutil.copytree(agency, folder, ignore=shutil.ignore_patterns("site", "wheelhouse"))
    for path in (folder / "answers").glob("*.yml"):
        text = path.read_text("utf-8")
        lines = "".join(f"  - audience number {number}\n" for number in range(200)) if path.stem == "goals" else ""
        text = text.replace("\naudiences:\n", f"\naudiences:\n{lines}")
        comments = "".join(f"# {line}\n" for line in text.splitlines()) * 9
        path.write_text(comments + text, encoding="utf-8")
    return folder


def with_pages(agency: Path, folder: Path, number: int) -> Path:
    """Copy an agency and give it this many pages."""
    shutil.copytree(agency, folder)
    for page in range(number):
        (folder / "docs" / f"page-{page:04}.md").write_text(f"# Page {page}\n\nSome words about it.\n")
    return folder


def peak_memory(*words: str | Path) -> int:
    """Return the largest memory in MB of a command run in a separate process."""
    probe = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", probe, *map(str, words)], capture_output=True, text=True, check=True)
    return int(done.stdout) // 1024


def report(title: str, times: dict[str, list[float]], baseline: str) -> None:
    """Print medians and the ratios to the baseline, pair by pair."""
    print(f"\n{title}")
    for name, values in times.items():
        ratios = [value / base for value, base in zip(values, times[baseline], strict=True)]
        spread = f"{min(values):.3f} to {max(values):.3f}"
        print(f"  {name:<44} {statistics.median(values):7.3f} s   ({spread})   × {statistics.median(ratios):.2f}")


BUILD = ("mkdocs", "build", "--quiet", "--site-dir")


def measure_builds(folder: Path, agency: Path) -> None:
    """Compare builds of an agency with plain MkDocs on the same pages."""
    rendered = folder / "rendered"
    command("policywright", "render", agency, "--out", rendered)()
    build, edited = command(*BUILD, folder / "s2", cwd=agency), Edited(agency)
    export = ("policywright", "export", "--to", ",".join(EXPORT_FORMATS), "--out", folder / "out", "--force")
    times = alternately(
        {
            "plain MkDocs on the rendered pages": command(*BUILD, folder / "s1", cwd=rendered),
            "first build, nothing remembered": build,
            "next build, one answer changed": build,
            "full export, all formats": command(*export, cwd=agency),
        },
        before={"first build, nothing remembered": forget, "next build, one answer changed": edited.again},
    )
    wanted = "first build at most × 1.10, next build × 0.7, export × 1.5"
    report(f"Build (wanted: {wanted})", times, "plain MkDocs on the rendered pages")
    print(f"  an edit is visible under serve after {statistics.median(edited.served()):.2f} s (wanted: 1.0)")
    pages = [*(rendered / "docs").rglob("*.md")]
    largest = max(pages, key=lambda path: path.stat().st_size)
    print(f"  {len(pages)} pages; the largest is {largest.name} with {largest.stat().st_size // 1024} kB")
    print(f"  the first page, packed, with all that it loads: {weight(folder / 's2') / 1000:.0f} kB (wanted: 150)")


def weight(site: Path) -> int:
    """Return how many bytes a browser loads with the first page of a site, each file packed."""
    loaded: dict[str, int] = {}
    with open_browser() as browser, serve(site) as address:
        page = browser.new_page()
        page.on("response", lambda answer: loaded.update({answer.url: len(gzip.compress(answer.body()))}))
        page.goto(f"{address}index.html", wait_until="networkidle")
    return sum(loaded.values())


def measure_scaffold(folder: Path, agency: Path) -> None:
    """Compare our template with one of as many plain files."""
    template = plain_template(agency, folder / "template")

    def scaffold(source: Path) -> Callable[[], object]:
        def action() -> None:
            out = Path(tempfile.mkdtemp(dir=folder))
            done = run("cookiecutter", source, "--no-input", "--output-dir", out)
            assert done.returncode == 0, done.stderr

        return action

    times = alternately(
        {
            "cookiecutter, as many plain files": scaffold(template),
            "our template": scaffold(ROOT / "cookiecutter-policy"),
        }
    )
    report("Scaffold (wanted: at most × 1.5)", times, "cookiecutter, as many plain files")


def measure_check(folder: Path, agency: Path, big: Path) -> None:
    """Compare `check`, and reading the catalog, with the build of an empty site."""
    times = alternately(
        {
            "empty Material build": command(*BUILD, folder / "s3", cwd=empty_site(folder / "empty")),
            "policywright check": command("policywright", "check", agency),
            "policywright check, answers ten times longer": command("policywright", "check", big),
        }
    )
    report("Check (wanted: at most × 0.6)", times, "empty Material build")
    base = statistics.median(times["empty Material build"])

    social = catalog_folder("social-media")
    cached = [timed(lambda: load_catalog(social)) for _ in range(RUNS)]
    fresh = [timed(lambda: read_catalog(social)) for _ in range(3)]
    print("\nCatalog (wanted: from its cache at most a tenth of an empty Material build)")
    print(f"  read and checked {statistics.median(fresh):.3f} s, from its cache {statistics.median(cached):.3f} s")
    print(f"  that is × {statistics.median(cached) / base:.3f} of an empty Material build")


def measure_answers(folder: Path, agency: Path, big: Path) -> None:
    """Compare an agency with one whose answer files are ten times longer."""
    times = alternately(
        {
            "agency build": command(*BUILD, folder / "s4", cwd=agency),
            "agency build, answers ten times longer": command(*BUILD, folder / "s5", cwd=big),
        }
    )
    report("Longer answers", times, "agency build")
    roots = (("demo", agency), ("longer", big))
    sizes = {title: sum(path.stat().st_size for path in (root / "answers").glob("*.yml")) for title, root in roots}
    print(f"  answer files: {sizes['demo'] // 1024} kB and {sizes['longer'] // 1024} kB")
    for title, root in roots:
        check = peak_memory(TOOLS / "policywright", "check", root)
        config = root / "mkdocs.yml"
        whole = peak_memory(TOOLS / "mkdocs", "build", "-q", "--config-file", config, "--site-dir", folder / "s6")
        print(f"  peak memory, {title}: check {check} MB, build {whole} MB")
    print(f"  all answers parsed: {parse_time(agency):.3f} s")


def measure_pages(folder: Path, agency: Path) -> None:
    """Show how a build grows with the pages that an agency writes."""
    print("\nPages of the agency in docs/ (wanted: linear)")
    for number in (250, 500, 1000, 2000):
        many = with_pages(agency, folder / str(number), number)
        forget()
        took = timed(command(*BUILD, folder / "s7", cwd=many))
        again = timed(command(*BUILD, folder / "s7", cwd=many))
        memory = peak_memory(TOOLS / "mkdocs", "build", "-q", "-f", many / "mkdocs.yml", "--site-dir", folder / "s8")
        print(f"  {number:5} pages: {took:6.2f} s, again {again:6.2f} s, {memory} MB")


def main() -> None:
    """Run every measurement and print it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["POLICYWRIGHT_CACHE"] = str(folder / "cache")
        agency = bake(folder / "baked")
        big = longer(agency, folder / "big")
        measure_builds(folder, agency)
        measure_scaffold(folder, agency)
        measure_check(folder, agency, big)
        measure_answers(folder, agency, big)
        measure_pages(folder, agency)
        print(f"\n{RUNS} runs each after one warm-up, taken in turn: median, range, median of the paired ratios.")


def parse_time(agency: Path) -> float:
    """Return how long the YAML of an agency takes to read."""
    return timed(lambda: [read_yaml(path, path.name) for path in (agency / "answers").glob("*.yml")])


if __name__ == "__main__":
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    main()
