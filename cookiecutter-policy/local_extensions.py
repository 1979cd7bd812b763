"""Filters of the template: an agency's name arrives intact in YAML, Markdown and folder names."""

import json
import re
import unicodedata

from jinja2.ext import Extension


class Words(Extension):
    """Adds `yaml_text`, `markdown_text` and `folder_name`."""

    def __init__(self, environment):
        super().__init__(environment)
        environment.filters |= {"yaml_text": yaml_text, "markdown_text": markdown_text, "folder_name": folder_name}


def yaml_text(words):
    """Write words as a double-quoted text, the same in YAML, JSON and Python."""
    return json.dumps(str(words), ensure_ascii=False)


def markdown_text(words):
    """Write words so that Markdown shows exactly them."""
    line = " ".join(str(words).split())
    return re.sub(r"[\\`*_{}\[\]<>#|~&!]", lambda found: f"&#{ord(found[0])};", line)


def folder_name(words):
    """Propose a folder name of plain letters: “Commune de Gräfenberg” becomes “commune-de-grafenberg”."""
    plain = unicodedata.normalize("NFKD", str(words)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "agency"
