"""Compares what two revisions of Policywright build for the same agencies, byte by byte.

    python tests/tools/compare_builds.py [BEFORE] [AFTER] [--diff] [--quiet] [--jobs N] [--only AGENCY]

BEFORE and AFTER are git revisions; AFTER may be left out and then means the working tree with its uncommitted changes.
For each revision the script builds the wheel, installs it into a folder, and builds seven agencies with it: the demo,
as “make demo” makes it, and the six of tests/cases/golden.yml. Each gets the working site and the plain pages with the
answers as they are, and the published site and the published pages with every gap filled in.
Exit status: 0 when every file is the same, 1 when one differs, 2 when a revision could not be built.

The results of a commit are kept in the temporary folder, so a second run builds only what is new.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import functools
import hashlib
import importlib.metadata
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

LAYOUT_MOVED = "176ea4e"
"""The last commit before the packages were laid out by what they do."""
DEMO = "demo"
DEMO_ANSWERS = {
    "agency_name": "Town of Exampleton",
    "short_name": "the Town",
    "jurisdiction": "us_local",
    "agency_kind": "municipal_general",
    "elected_officials": "yes",
    "preset": "two_way",
    "forge": "gitlab",
    "repo_name": DEMO,
}
"""What “make demo” says to cookiecutter."""
DAY = "1800000000"
"""The day on which the commands run, 15 January 2027; the sites are built without a day, as MkDocs does it."""
REGISTER_ROW = {"title": "Media policy", "kind": "media_relations", "disposition": "reference", "owner": "Town Clerk"}
RENDERERS = ("mkdocs", "mkdocs-material", "jinja2", "markdown", "pymdown-extensions", "pygments", "ruamel.yaml")
FALLBACKS = {"yes_no": "yes", "text": "the Town Clerk", "list": ["the Town Clerk"], "number": 1, "date": "2027-01-15"}
"""What is answered where a preset says nothing and there are no choices, by the type of the question."""
DEMO_POLICY = {
    "agency": {"name": DEMO_ANSWERS["agency_name"], "short_name": DEMO_ANSWERS["short_name"]},
    "preset": DEMO_ANSWERS["preset"],
}
DEMO_FACTS = {
    "agency.jurisdiction": DEMO_ANSWERS["jurisdiction"],
    "agency.type": DEMO_ANSWERS["agency_kind"],
    "agency.has_elected_officials": DEMO_ANSWERS["elected_officials"],
}
SETTLED = "settled.json"
Given = dict[str, dict[str, Any]]
"""Agency -> question -> answer."""
Cases = dict[str, dict[str, dict[str, Any]]]
"""Agency -> “policy” or “answers” -> the values."""
EACH = """
import sys
from {module} import {function} as main
command, folder, *names = sys.argv[1:]
for name in names:
    main([command, name, folder], standalone_mode=False)
"""
"""Runs one command for many names in one process."""


class CannotBuild(Exception):
    """Raised when a revision cannot be built at all; a build that fails is a result, and is compared."""


@dataclass(frozen=True)
class Side:
    """One revision, unpacked and installed."""

    tree: Path
    target: Path
    results: Path
    cache: Path

    def run(self, *words: str | Path, cwd: Path | None = None, day: str = "") -> subprocess.CompletedProcess[str]:
        """Run Python with this revision's package first on its path; -P keeps the current folder off it."""
        env = {k: v for k, v in os.environ.items() if k not in ("SOURCE_DATE_EPOCH", "PYTHONHOME", "VIRTUAL_ENV")}
        env |= {"PYTHONPATH": str(self.target), "POLICYWRIGHT_CACHE": str(self.cache), "NO_MKDOCS_2_WARNING": "1"}
        env |= {"PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0"} | ({"SOURCE_DATE_EPOCH": day} if day else {})
        command = [sys.executable, "-P", *map(str, words)]
        return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=False)

    def policywright(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command on a day that never changes."""
        return self._enter("from {module} import {function} as main; main()", *words)

    def policywright_each(self, command: str, names: Sequence[str], agency: Path) -> subprocess.CompletedProcess[str]:
        """Run a command that takes a name and a folder, for many names."""
        return self._enter(EACH, command, agency, *names)

    def _enter(self, code: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run code with the entry point that the revision declares."""
        settings = tomllib.loads((self.tree / "pyproject.toml").read_text("utf-8"))
        module, function = settings["project"]["scripts"]["policywright"].split(":")
        return self.run("-c", code.format(module=module, function=function), *words, day=DAY)


def main() -> int:
    """Build both revisions and compare them."""
    asked = arguments()
    root = Path(git("rev-parse", "--show-toplevel").strip())
    with tempfile.TemporaryDirectory(prefix="compare-builds-") as folder:
        work = Path(folder)
        try:
            plan = Plan(root, golden(root), {}, asked.jobs)
            before = results_of(asked.before, work / "before", plan)
            after = results_of(asked.after, work / "after", plan.then(settled_in(before), asked.only))
        except CannotBuild as error:
            print(error, file=sys.stderr)
            return 2
        if asked.keep:
            shutil.copytree(before, asked.keep / "before", dirs_exist_ok=True)
            shutil.copytree(after, asked.keep / "after", dirs_exist_ok=True)
        return report(before, after, asked)


@dataclass(frozen=True)
class Plan:
    """What is built with a revision."""

    root: Path
    cases: Cases
    given: Given
    """The answers for the published builds; an agency that is not here is settled by the revision."""
    jobs: int
    only: tuple[str, ...] = ()

    def then(self, given: Given, only: Sequence[str] | None) -> Plan:
        """Return the plan for the other side: the same answers, and only the agencies that were asked for."""
        return replace(self, given=given, only=tuple(only or ()))

    @property
    def names(self) -> list[str]:
        """The agencies to build."""
        return [name for name in (*self.cases, DEMO) if name in self.only or not self.only]


def golden(root: Path) -> Cases:
    """Read the golden agencies; unquoted yes and no stay words."""
    cases: Cases = YAML(typ="safe", pure=True).load((root / "tests" / "cases" / "golden.yml").read_text("utf-8"))
    return cases


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("before", nargs="?", default=LAYOUT_MOVED, help="a git revision (default: %(default)s)")
    parser.add_argument("after", nargs="?", default="", help="a git revision (default: the working tree)")
    parser.add_argument("--diff", action="store_true", help="show the first lines that differ in each text file")
    parser.add_argument("--quiet", action="store_true", help="print only what differs, and the totals")
    parser.add_argument("--jobs", type=int, default=2, help="how many builds run at once (default: %(default)s)")
    parser.add_argument("--only", action="append", metavar="AGENCY", help="compare this agency; may be repeated")
    parser.add_argument("--keep", type=Path, help="copy the results of both sides into this folder")
    return parser.parse_args()


def git(*words: str) -> str:
    """Ask git; raise CannotBuild with its own words when it refuses."""
    done = subprocess.run(["git", *words], capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise CannotBuild(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


# --- One revision -----------------------------------------------------------------------------------------------------


def settled_in(results: Path) -> Given:
    """Return the answers that each agency was published with."""
    return {path.parent.name: json.loads(path.read_text("utf-8")) for path in results.glob(f"*/{SETTLED}")}


def results_of(revision: str, work: Path, plan: Plan) -> Path:
    """Return the folder with everything that a revision builds; a commit that was built before is not built again."""
    if not revision:
        return build("", work, plan)
    commit = git("rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    kept = Path(tempfile.gettempdir()) / "policywright-compare" / f"{commit[:12]}-{conditions(plan)}"
    if not kept.is_dir():
        made = build(commit, work, plan)
        kept.parent.mkdir(exist_ok=True)
        with contextlib.suppress(OSError):  # another run on this machine was faster; its results are the same
            made.rename(kept)
    return kept


def conditions(plan: Plan) -> str:
    """Return a digest of what the results depend on beside the revision: this script, the agencies, the packages."""
    packages = [f"{name} {importlib.metadata.version(name)}" for name in RENDERERS]
    inputs = json.dumps([plan.cases, plan.given, plan.names, sys.version, *packages], sort_keys=True)
    return hashlib.sha256((Path(__file__).read_text("utf-8") + inputs).encode()).hexdigest()[:12]


def build(commit: str, work: Path, plan: Plan) -> Path:
    """Unpack, install and run one revision; without a commit, the working tree."""
    name = commit[:12] or "the working tree"
    print(f"Building with {name} …", file=sys.stderr)
    side = Side(work / "tree", work / "target", work / "results", work / "cache")
    unpack(plan.root, commit, side.tree)
    install(side, name)
    scaffold(side, work / "scaffold")
    agencies = Agencies(side, work / "scaffold" / DEMO, work / "agencies", plan)
    with ThreadPoolExecutor(plan.jobs) as pool:
        for run in [pool.submit(run) for run in agencies.runs()]:
            run.result()
    return side.results


def unpack(root: Path, commit: str, tree: Path) -> None:
    """Write the files of a commit, or of the working tree, into an empty folder."""
    tree.mkdir(parents=True)
    if commit:
        packed = subprocess.run(["git", "archive", commit], cwd=root, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(tree, filter="data")
        return
    listed = git("-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, tree / name)


def install(side: Side, name: str) -> None:
    """Build the wheel and install it; make sure that Python takes the package from there and from nowhere else."""
    wheels = side.target.with_name("wheels")
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps")
    wheel = side.run("-m", "pip", "wheel", *quiet, "--no-build-isolation", "--wheel-dir", wheels, side.tree)
    expect(wheel, f"The wheel of {name}")
    expect(side.run("-m", "pip", "install", *quiet, "--target", side.target, next(wheels.glob("*.whl"))), f"{name}")
    found = expect(side.run("-c", "import policywright; print(policywright.__file__)"), f"The package of {name}")
    if not Path(found.strip()).is_relative_to(side.target):
        raise CannotBuild(f"Python takes policywright from {found.strip()} and not from the wheel of {name}.")


def scaffold(side: Side, folder: Path) -> None:
    """Make the demo's repository from the revision's template; its hooks name the module of that revision."""
    words = [f"{name}={value}" for name, value in DEMO_ANSWERS.items()]
    made = side.run("-m", "cookiecutter", side.tree, "--no-input", "--output-dir", folder, *words)
    expect(made, "The scaffold")


def expect(done: subprocess.CompletedProcess[str], what: str) -> str:
    """Return what a command printed; raise CannotBuild when it failed."""
    if done.returncode:
        raise CannotBuild(f"{what} could not be made:\n{done.stdout}{done.stderr}")
    return done.stdout


# --- The agencies -----------------------------------------------------------------------------------------------------


class Agencies:
    """Writes the seven agencies and runs everything on them."""

    def __init__(self, side: Side, demo: Path, folder: Path, plan: Plan) -> None:
        self.side, self.demo, self.folder, self.plan = side, demo, folder, plan
        self.catalog = Questions(side.tree / "content" / "social-media")

    def runs(self) -> Iterator[Callable[[], None]]:
        """Yield two tasks for each agency; the published ones are slower and come first."""
        yield from (functools.partial(self.published, name) for name in self.plan.names)
        yield from (functools.partial(self.working, name) for name in self.plan.names)

    def working(self, name: str) -> None:
        """Build the working site, and render the working pages, of an agency as it is."""
        agency = self.written(name, "working", self.answers(name))
        out = self.side.results / name / "working"
        schema = self.side.policywright("schema", agency)
        check = self.side.policywright("check", agency, "--format", "json")
        site = self.side.run("-m", "mkdocs", "build", "--site-dir", out / "site", cwd=agency)
        pages = self.side.policywright("render", agency, "--out", out / "pages")
        self.record(out, agency, {"schema": schema, "check": check, "site": site, "pages": pages})

    def published(self, name: str) -> None:
        """Build the published site, and render the published pages, of an agency without gaps."""
        agency = self.settled(name)
        out = self.side.results / name / "published"
        words = ("-m", "mkdocs", "build", "-f", "mkdocs.publish.yml", "--site-dir", out / "site")
        site = self.side.run(*words, cwd=agency)
        pages = self.side.policywright("render", agency, "--published", "--out", out / "pages")
        self.record(out, agency, {"site": site, "pages": pages})
        for what, done in (("published site", site), ("published pages", pages)):
            expect(done, f"The {what} of {name}")

    def record(self, out: Path, agency: Path, done: dict[str, subprocess.CompletedProcess[str]]) -> None:
        """Keep how each command ended, what `check` printed, and the files that were written beside the site."""
        out.mkdir(parents=True, exist_ok=True)
        statuses = {what: process.returncode for what, process in done.items()}
        (out / "exit.json").write_text(json.dumps(statuses, indent=1), "utf-8")
        if "check" in done:
            (out / "check.json").write_text(done["check"].stdout, "utf-8")
        if (agency / ".policywright").is_dir():
            shutil.copytree(agency / ".policywright", out / "policywright")

    def answers(self, name: str) -> dict[str, Any] | None:
        """Return the answers of a golden agency; None for the demo, whose files come from the template."""
        return None if name == DEMO else dict(self.plan.cases[name]["answers"])

    def written(self, name: str, kind: str, answers: dict[str, Any] | None) -> Path:
        """Write an agency's repository into its own folder."""
        agency = self.folder / kind / name
        shutil.rmtree(agency, ignore_errors=True)
        shutil.copytree(self.demo, agency)
        if answers is None:
            return agency
        policy = self.plan.cases[name]["policy"] if name != DEMO else DEMO_POLICY
        files: dict[str, Any] = {f"answers/{element}.yml": {} for element in self.catalog.elements}
        for question, value in answers.items():
            register = self.catalog.asked[question].get("register")
            if register:
                files[f"registers/{register}"] = value
            else:
                element, _, asked = question.partition(".")
                files[f"answers/{element}.yml"][asked] = value
        for path, data in (files | {"policy.yml": policy}).items():
            (agency / path).parent.mkdir(exist_ok=True)
            (agency / path).write_text(json.dumps(data, ensure_ascii=False, indent=2), "utf-8")
        return agency

    def settled(self, name: str) -> Path:
        """Write the agency with an answer to every open question; the other side gets the same answers."""
        answers = self.plan.given.get(name) or self.settle(name)
        made = self.side.results / name / SETTLED
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(json.dumps(answers, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
        return self.written(name, "published", answers)

    def settle(self, name: str) -> dict[str, Any]:
        """Answer every open question with what the preset assumes, or else with the first choice.

        A published build refuses gaps and undecided clauses, and new answers may ask new questions.
        """
        answers = self.answers(name) or dict(DEMO_FACTS)
        while True:
            agency = self.written(name, "published", answers)
            needed = self.open(agency)
            if not needed:
                return answers
            stuck = needed & set(answers)
            if stuck:
                raise CannotBuild(f"{name} cannot be published: {', '.join(sorted(stuck))} have answers and stay open.")
            answers |= self.assumed(agency, sorted(needed))

    def open(self, agency: Path) -> set[str]:
        """Return the questions that keep an agency from being published."""
        checked = json.loads(self.side.policywright("check", agency, "--format", "json").stdout)
        gaps = {name for found in checked["findings"] if found["severity"] == "gap" for name in found["questions"]}
        stops = [found for found in checked["findings"] if found["severity"] in ("error", "blocker")]
        if stops:
            raise CannotBuild(f"{agency.name} cannot be published: {json.dumps(stops, indent=1)}")
        if gaps:
            return gaps
        out = agency.with_name(f"{agency.name}-pages")
        refused = self.side.policywright("render", agency, "--published", "--out", out).stderr
        shutil.rmtree(out, ignore_errors=True)
        return {
            name for listed in re.findall(r"it waits for (.*)\.$", refused, re.MULTILINE) for name in listed.split(", ")
        }

    def assumed(self, agency: Path, names: Sequence[str]) -> dict[str, Any]:
        """Ask `explain` what each question is answered with; a command keeps its form longer than a module its name."""
        said = expect(self.side.policywright_each("explain", names, agency), f"The answers of {agency.name}")
        found = re.findall(r"^  answer: (?:unanswered|(.*), from .*?) \(\S+\)$", said, re.MULTILINE)
        values = dict(zip(names, found, strict=True))
        return {name: ast.literal_eval(value) if value else self.catalog.value(name) for name, value in values.items()}


class Questions:
    """The questions of a catalog, read as plain YAML: no revision's own code takes part."""

    def __init__(self, content: Path) -> None:
        yaml = YAML(typ="safe", pure=True)
        self.elements: list[str] = yaml.load((content / "catalog.yml").read_text("utf-8"))["elements"]
        self.asked: dict[str, dict[str, Any]] = {}
        for element in self.elements:
            asked = yaml.load((content / element / "questions.yml").read_text("utf-8")) or {}
            self.asked |= {f"{element}.{name}": question for name, question in asked.items()}

    def value(self, name: str) -> Any:
        """Return a valid answer."""
        question = self.asked[name]
        if "register" in question:
            return [REGISTER_ROW | {"treats": ["content"], "extent": "partly"}]
        return FALLBACKS.get(question["type"]) or next(iter(question["choices"]))


# --- The comparison ---------------------------------------------------------------------------------------------------


def report(before: Path, after: Path, asked: argparse.Namespace) -> int:
    """Print a digest per file and every difference; return the exit status."""
    chosen = asked.only or [path.name for path in (*before.iterdir(), *after.iterdir())]
    old, new = digests(before, chosen), digests(after, chosen)
    differing = [name for name in sorted(old | new) if old.get(name) != new.get(name)]
    for name in [] if asked.quiet else sorted(old | new):
        print(f"{new.get(name, '-' * 16)}  {'DIFFERS' if name in differing else 'same':7}  {name}")
    for name in differing:
        kind = "only before" if name not in new else "only after" if name not in old else "differs"
        print(f"{kind}: {name}")
        if asked.diff and kind == "differs":
            print("\n".join(first_lines(before / name, after / name)))
    print(f"{len(old)} files before, {len(new)} after, {len(differing)} differ. All: {total(old)} and {total(new)}.")
    return 1 if differing else 0


def digests(folder: Path, agencies: Sequence[str]) -> dict[str, str]:
    """Return the digest of each file of these agencies: path -> the first 16 digits."""
    paths = (path for agency in agencies for path in (folder / agency).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths}


def total(files: dict[str, str]) -> str:
    """Return one digest of all."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]


def first_lines(old: Path, new: Path, limit: int = 20) -> Sequence[str]:
    """Return the first lines that differ; long lines, as search indexes have them, are cut."""
    try:
        before, after = (path.read_text("utf-8").splitlines() for path in (old, new))
    except UnicodeDecodeError:
        return ["  (not a text)"]
    return [f"  {line[:300]}" for line in list(difflib.unified_diff(before, after, lineterm="", n=0))[2 : 2 + limit]]


if __name__ == "__main__":
    sys.exit(main())
