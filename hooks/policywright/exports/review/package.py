"""Opens a Word file from elsewhere: every part is measured before it is read, and nothing in it is run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree

from policywright.model.findings import Finding, Place, PolicyError

LARGEST_FILE = 50_000_000
LARGEST_PART = 100_000_000
"""In bytes, unpacked; the document of a policy of 300 provisions has one million."""
MAIN = "word/document.xml"
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How both Word files from before 2007 and encrypted files begin."""
_MACROS = ("word/vbaProject.bin", "word/vbaData.xml")


def open_word(raw: bytes, name: str) -> Mapping[str, ElementTree.Element]:
    """Return the parts of a Word file that are XML and hold what people write, by name.

    Raise PolicyError if it is not a Word file, or one that may not be opened.
    """
    if len(raw) > LARGEST_FILE:
        raise _refused("E502", name, "This file is larger than 50 megabytes.", _WHOLE)
    if raw.startswith(_OLD):
        raise _refused("E502", name, "This file is encrypted, or from a Word before 2007.", _PLAIN)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            return _parts(package, name)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, LookupError):
        raise _refused("E501", name, "This is not a Word file, or it is damaged.", _AGAIN) from None


_WHOLE = "Save it without pictures and embedded files."
_PLAIN = "Save it in Word as “Word document (.docx)”, without a password."
_AGAIN = "Ask for the file again, as a “Word document (.docx)”."
_READ = (MAIN, "word/styles.xml", "word/comments.xml", "word/footnotes.xml", "docProps/custom.xml")


def _parts(package: zipfile.ZipFile, name: str) -> dict[str, ElementTree.Element]:
    sizes = {info.filename: info.file_size for info in package.infolist()}
    if any(part in sizes for part in _MACROS):
        raise _refused(
            "E502", name, "This file contains macros.", "Save it as “Word document (.docx)”, which has none."
        )
    if MAIN not in sizes:
        raise _refused("E501", name, "This is not a Word file, or it is damaged.", _AGAIN)
    if sum(sizes[part] for part in _READ if part in sizes) > LARGEST_PART:
        raise _refused("E502", name, "Unpacked, this file is larger than 100 megabytes.", _WHOLE)
    return {part: _tree(package, part, sizes[part], name) for part in _READ if part in sizes}


def _tree(package: zipfile.ZipFile, part: str, size: int, name: str) -> ElementTree.Element:
    # The directory of a package may lie about the size of a part.
    with package.open(part) as file:
        text = file.read(size + 1)
    # Word writes no document type; only an attack, or another program, defines entities.
    if len(text) > size or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _refused("E501", name, f"The part {part} is not as Word writes it.", _AGAIN)
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - without a document type there are no entities
    except ElementTree.ParseError:
        raise _refused("E501", name, f"The part {part} is damaged.", _AGAIN) from None


def _refused(code: str, name: str, message: str, fix: str) -> PolicyError:
    return PolicyError([Finding(code, "error", message, (Place(name),), fix)])
