"""Writes the sample agency that this project's site shows, by the commands that an agency uses: make sample."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from policywright import __version__
from policywright.draft import draft_of
from tests.support.agency_files import ROOT, catalog, read_case, settled_answers
from tests.support.in_process import run_here

SAMPLE = ROOT / "docs" / "sample"
LIFE = read_case("sample.yml")
DAYS = LIFE["days"]


class Town:
    """The sample agency, and what its people do on one day after the other."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.day = DAYS["answered"]

    def policywright(self, *words: str) -> str:
        """Run a command on the day that it is, which must succeed."""
        seconds = str(int(datetime.fromisoformat(self.day).replace(tzinfo=UTC).timestamp()))
        done = run_here("policywright", *words, cwd=self.root, env={"SOURCE_DATE_EPOCH": seconds})
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def edit(self, name: str, pattern: str, new: str) -> None:
        """Change one place of a file."""
        text, count = re.subn(pattern, lambda _: new, (self.root / name).read_text("utf-8"), flags=re.MULTILINE)
        assert count == 1, (name, pattern)
        (self.root / name).write_text(text, "utf-8")

    def answers(self) -> None:
        """Let each office answer in its form, and take all forms."""
        given = {**settled_answers(registers=False), **LIFE["answers"]}
        forms: dict[str, dict[str, Any]] = {}
        for name, value in given.items():
            form = forms.setdefault(catalog().questions[name].owner, {})
            form[name] = {"value": value, "was": None, "change": "set"}
        files = [self._form(office, form) for office, form in forms.items()]
        self.policywright("take", *(file.name for file in files))
        for file in files:
            file.unlink()

    def _form(self, office: str, answers: dict[str, Any]) -> Path:
        head = {"format": "policywright answers 1", "catalog": catalog().id, "version": __version__}
        who = {"agency": "the Town", "office": office, "name": LIFE["people"].get(office, ""), "date": self.day}
        file = self.root / f"{office}.answers.json"
        file.write_text(json.dumps({**head, **who, "answers": answers}), "utf-8")
        return file

    def rewords(self) -> None:
        """Change the words of one clause, after a look at what rests on the same answers."""
        row = LIFE["reworded"]
        self.policywright("reword", row["clause"])
        self.edit(f"overrides/clauses/{row['clause']}.md", re.escape(row["words"]), row["become"])
        self.looks_at_the_rewording()

    def looks_at_the_rewording(self) -> None:
        """Say that the texts which rest on the same answers were read beside the town's own words."""
        self.policywright("reword", LIFE["reworded"]["clause"], "--looked-at")

    def signs(self) -> None:
        """Let each office sign that is asked to."""
        found = [one for one in draft_of(self.root, self.day).findings if one.code in ("L101", "L102")]
        for office in [said[1] for one in found if (said := re.search(r"--office (\w+)", one.fix))]:
            self.policywright("sign", "--office", office, "--by", LIFE["people"][office])

    def changes(self, time: str) -> None:
        """Change an answer of a policy that is in force, and go back to the review."""
        row = LIFE["changes"][time]
        self.edit(row["file"], rf"^{row['answer']}:.*$", f"{row['answer']}: {row['value']}")
        self.edit("policy.yml", r"^status:.*$", "status: in_review")


def live(root: Path) -> None:
    """Write the repository of the sample agency into an empty folder."""
    root.mkdir(parents=True)
    town = Town(root)
    (root / "policy.yml").write_text(LIFE["policy"], "utf-8")
    town.policywright("skeleton")
    town.answers()
    town.rewords()
    town.policywright("decide", *LIFE["decided"])
    town.edit("policy.yml", r"^status:.*$", "status: in_review")
    town.day = DAYS["signed"]
    town.signs()
    town.day = DAYS["first"]
    town.policywright("release", "1.0", *LIFE["adopted"])
    town.day = DAYS["second"]
    (root / "reviews.yml").write_text(LIFE["reviews"], "utf-8")
    town.changes("second")
    town.looks_at_the_rewording()
    town.signs()
    town.policywright("release", "1.1")
    town.day = DAYS["third"]
    town.changes("third")
    shutil.rmtree(root / ".policywright", ignore_errors=True)


if __name__ == "__main__":
    shutil.rmtree(SAMPLE, ignore_errors=True)
    live(SAMPLE)
