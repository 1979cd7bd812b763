"""What an answers file offers for one question, and what two people say differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from policywright.answering.answers_file import AnswersFile, GivenAnswer


@dataclass(frozen=True)
class Offer:
    """An answer to one question, and the file it is from."""

    file: AnswersFile
    given: GivenAnswer


@dataclass(frozen=True)
class Clash:
    """A question to which two people gave different answers; nothing was written for it."""

    question: str
    here: Any
    """The answer in the repository, or in the file that was named first."""
    there: Any
    """The answer that was not taken."""
    here_by: str
    """Where the one answer is, or who gave it."""
    there_by: str
    message: str
