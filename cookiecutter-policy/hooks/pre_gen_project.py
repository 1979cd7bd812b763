"""Refuses names that could not be used, with a sentence that says what to change."""

import json
import re
import sys
import unicodedata

NAMES = {
    "agency name": json.loads(
        r"""
{{ cookiecutter.agency_name | yaml_text }}
"""
    ),
    "short name": json.loads(
        r"""
{{ cookiecutter.short_name | yaml_text }}
"""
    ),
}
REPOSITORY = json.loads(
    r"""
{{ cookiecutter.repo_name | yaml_text }}
"""
)
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def objections():
    """Yield a sentence for each name that cannot be used."""
    for kind, name in NAMES.items():
        if not name.strip():
            yield f"The {kind} is empty. Please write the name as it stands on your letterhead."
        elif len(name) > 200:
            yield f"The {kind} has {len(name)} characters. Please keep it to 200."
        if any(
            unicodedata.category(letter) == "Cc" or letter in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
            for letter in name
        ):
            yield f"The {kind} holds an invisible control character. Please type it again instead of pasting it."
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", REPOSITORY) or REPOSITORY.endswith("."):
        yield (
            f"“{REPOSITORY}” cannot be the name of a repository. "
            "Please use letters a to z, digits, hyphens and dots, and begin with a letter or a digit."
        )
    elif REPOSITORY.split(".")[0].lower() in RESERVED:
        yield f"“{REPOSITORY}” is a name that Windows keeps for itself. Please choose another."


found = list(objections())
if found:
    sys.stderr.reconfigure(encoding="utf-8")
    print("\n".join(found), file=sys.stderr)
    sys.exit(1)
