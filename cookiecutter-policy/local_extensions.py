"""Filters of the template: an agency's name arrives intact in YAML, Markdown and folder names, or is refused."""

import gc
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from cookiecutter.exceptions import FailedHookException
from jinja2 import Environment
from jinja2.ext import Extension
from slugify import slugify  # cookiecutter needs it too, so it is there

# What cookiecutter has loaded stays until its process ends. Without this, each search for reference cycles, and the end
# of the process, look at all of it again.
gc.freeze()

NAMES = {"agency_name": "agency name", "short_name": "short name"}
INVISIBLE = {chr(code) for code in (*range(0x2028, 0x202F), *range(0x2066, 0x206A))}
GLOTTAL_STOPS = [("ʻ", ""), ("ʼ", "")]  # parts of a word: Hawaiʻi is not Hawai-i
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class Words(Extension):
    """Adds the filters below: for names, for the titles of offices, and for refusing what cannot be used."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        filters = (yaml_text, markdown_text, hexadecimal, sentence_name, folder_name, titles, refuse_unusable)
        environment.filters |= {made.__name__: made for made in filters}


def yaml_text(words: object) -> str:
    """Write words as a double-quoted text, the same in YAML and JSON."""
    return json.dumps(str(words), ensure_ascii=False)


def markdown_text(words: object) -> str:
    """Write words so that Markdown shows exactly them."""
    line = " ".join(str(words).split())
    return re.sub(r"[\\`*_{}\[\]<>#|~&!]", lambda found: f"&#{ord(found[0])};", line)


def hexadecimal(words: object) -> str:
    """Write words as digits, which need no quotation marks to be safe in a program."""
    return str(words).encode("utf-8", "surrogateescape").hex()


def sentence_name(words: object) -> str:
    """Propose what an agency is called in a sentence: “Town of Exampleton” becomes “the Town of Exampleton”.

    In English, such a name has an article if “of” or “for” follows the kind of body; “Exampleton Council” has none.
    """
    name = str(words)
    has_article = re.match(r"(?:[A-Z][\w'’&-]* )+(?:of|for) ", name)
    return f"the {name.removeprefix('The ')}" if has_article else name


def folder_name(words: object) -> str:
    """Propose a folder name of plain letters: “Commune de Gräfenberg” becomes “commune-de-grafenberg”.

    Names in other scripts are spelled in Latin letters: “示例市” becomes “shi-li-shi”. A name that loses letters here,
    because it is long or nobody spells its script so, ends with a digest: no two names get the same folder.
    """
    name = unicodedata.normalize("NFC", str(words))
    spelled = slugify(name, replacements=GLOTTAL_STOPS)
    if spelled and len(spelled) <= 60 and not any(map(_is_lost, name)):
        return spelled
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:6]
    return f"{slugify(spelled, max_length=53, word_boundary=True) or 'agency'}-{digest}"


def _is_lost(letter: str) -> bool:
    return letter.isalnum() and slugify(letter, regex_pattern=r"[^!-~]") in ("", "[?]")


def titles(text: str, answers: Mapping[str, Any]) -> str:
    """Write the usual title of an office in an agency with these answers in place of its mark, such as “⟦legal⟧”."""

    def title(found: re.Match[str]) -> str:
        office = answers["_offices"][found[1]]
        values = " ".join(answers[prompt] for prompt in office["asked"])
        return str(office["titles"].get(values, office["otherwise"]))

    return re.sub(r"⟦(\w+)⟧", title, text)


def refuse_unusable(answers: Mapping[str, str]) -> str:
    """Stop cookiecutter when a name cannot be used, before it makes a folder that it would have to delete again.

    Of the errors that cookiecutter prints without a traceback, this is the one for a template that refuses.
    """
    found = [line for key, kind in NAMES.items() for line in _of_name(kind, answers[key])]
    found += _of_repository(answers["repo_name"])
    if found:
        raise FailedHookException("\n".join(found))
    return ""


def _of_name(kind: str, name: str) -> Iterator[str]:
    if not name.strip():
        yield f"The {kind} is empty. Please write the name as it is on your letterhead."
    elif len(name) > 200:
        yield f"The {kind} has {len(name)} characters. Please keep it to 200."
    if any(unicodedata.category(letter) == "Cc" or letter in INVISIBLE for letter in name):
        yield f"The {kind} holds an invisible control character. Please type it again instead of pasting it."


def _of_repository(name: str) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name) or name.endswith("."):
        yield (
            f"“{name}” cannot be the name of a repository. "
            "Please use letters a to z, digits, hyphens and dots, and begin with a letter or a digit."
        )
    elif name.split(".", maxsplit=1)[0].lower() in RESERVED:
        yield f"“{name}” is a name that Windows keeps for itself. Please choose another."
