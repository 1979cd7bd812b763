"""Line ends and the byte order mark: removed for reading, restored for writing."""

from __future__ import annotations

from pathlib import Path

MARK = "\ufeff"


def read_raw(path: Path) -> str:
    """Return a file's text with its original line ends; an empty text if there is no file.

    Reading a pipe in its place would wait forever; the check of the file reports it.
    """
    # Bytes that are not UTF-8 become surrogates, which parse_yaml reports with their place.
    return path.read_bytes().decode(errors="surrogateescape") if path.is_file() else ""


def plain(text: str) -> str:
    """Return a text without the mark, and with line feeds only."""
    return with_ends(text.removeprefix(MARK), "\n")


def with_ends(text: str, newline: str) -> str:
    """Return a text in which every line ends in this way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", newline)


def newline_of(text: str) -> str:
    """Return how the lines of a text end."""
    # A file with both kinds is treated as one of Windows; edits refuse it, see files/edits.py.
    return "\r\n" if "\r\n" in text else "\n"


def as_in(raw: str, text: str) -> str:
    """Return a text with the mark and the line ends of another text."""
    return MARK * raw.startswith(MARK) + with_ends(text, newline_of(raw))


def ended(text: str, newline: str = "\n") -> str:
    """Return a text whose last line has an end."""
    return text if not text or text.endswith(("\n", "\r")) else text + newline
