"""Measures Policywright against plain MkDocs and cookiecutter on the same pages in the same run: make bench."""

from __future__ import annotations

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
from policywright.files.yaml import read_yaml
from policywright.model.agency import EXPORT_FORMATS
from tests.support.agency_files import ROOT, TOOLS, bake, run

# An installed program has its bytecode; without it each command would compile all of our modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

RUNS = 7


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def alternately(actions: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Time actions in turn, so that all run under the same load; the first round is discarded."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(RUNS + 1):
        for name, action in actions.items():
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


def main() -> None:
    """Run every measurement and print it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        agency = bake(folder / "baked")
        rendered = folder / "rendered"
        command("policywright", "render", agency, "--out", rendered)()
        empty = empty_site(folder / "empty")
        template = plain_template(agency, folder / "template")
        big = longer(agency, folder / "big")
        build = ("mkdocs", "build", "--quiet", "--site-dir")
        export = ("policywright", "export", "--to", ",".join(EXPORT_FORMATS), "--out")

        times = alternately(
            {
                "plain MkDocs on the rendered pages": command(*build, folder / "s1", cwd=rendered),
                "agency build": command(*build, folder / "s2", cwd=agency),
                "full export, all formats": command(*export, folder / "out", "--force", cwd=agency),
            }
        )
        report("Build (wanted: at most × 1.25; export × 1.5)", times, "plain MkDocs on the rendered pages")

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

        times = alternately(
            {
                "empty Material build": command(*build, folder / "s3", cwd=empty),
                "policywright check": command("policywright", "check", agency),
                "policywright check, answers ten times longer": command("policywright", "check", big),
            }
        )
        report("Check (wanted: at most × 1.0)", times, "empty Material build")
        base = statistics.median(times["empty Material build"])

        social = catalog_folder("social-media")
        cached = [timed(lambda: load_catalog(social)) for _ in range(RUNS)]
        fresh = [timed(lambda: read_catalog(social)) for _ in range(3)]
        print("\nCatalog (wanted: from its cache at most a tenth of an empty Material build)")
        print(f"  anew {statistics.median(fresh):.3f} s, from its cache {statistics.median(cached):.3f} s")
        print(f"  that is × {statistics.median(cached) / base:.3f} of an empty Material build")

        times = alternately(
            {
                "agency build": command(*build, folder / "s4", cwd=agency),
                "agency build, answers ten times longer": command(*build, folder / "s5", cwd=big),
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
        print("\nPages of the agency in docs/ (wanted: linear)")
        for number in (250, 1000, 2000):
            many = with_pages(agency, folder / str(number), number)
            took = timed(command(*build, folder / "s7", cwd=many))
            memory = peak_memory(
                TOOLS / "mkdocs", "build", "-q", "-f", many / "mkdocs.yml", "--site-dir", folder / "s8"
            )
            print(f"  {number:5} pages: {took:6.2f} s, {memory} MB")
        pages = len(list((rendered / "docs").rglob("*.md")))
        print(f"\n{pages} pages; {RUNS} runs each after one warm-up, taken in turn.")
        print("Figures: median, range, median of the paired ratios.")
        largest = max((rendered / "docs").rglob("*.md"), key=lambda path: path.stat().st_size)
        size = largest.stat().st_size // 1024
        print(f"Largest page: {largest.name}, {size} kB; all answers parsed: {parse_time(agency):.3f} s")


def parse_time(agency: Path) -> float:
    """Return how long the YAML of an agency takes to read."""
    return timed(lambda: [read_yaml(path, path.name) for path in (agency / "answers").glob("*.yml")])


if __name__ == "__main__":
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    main()
