"""The Jinja environment of the page frames: sandboxed, strict, and escaping for Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from policywright.files.kept import keep, read_kept
from policywright.language.texts import escape_markdown, series

FRAMES = Path(__file__).parent / "frames"
COMPILED = "frames-2"
"""What ends the name of a compiled frame. Its code depends on the options of the environment: change both together."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with cached decisions; they depend only on an object's type and the attribute."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.verdicts: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a frame may read an attribute."""
        # Frames read the same attributes thousands of times; Jinja's check of each one is slow.
        key = (type(obj), attr)
        if key not in self.verdicts:
            self.verdicts[key] = super().is_safe_attribute(obj, attr, value)
        return self.verdicts[key]


def environment(own: Mapping[str, str], filters: Mapping[str, Any]) -> Environment:
    """Make the environment; `own` are a catalog's frames by file name, which take precedence over the built-in ones.

    Everything that a frame shows is escaped for both Markdown and HTML, unless it passed `|md`.
    """
    env = _Sandbox(
        loader=ChoiceLoader([DictLoader(dict(own)), FileSystemLoader(FRAMES)]),
        # _safe escapes every value for Markdown and HTML; a frame must say |md to show Markdown. Jinja then leaves
        # the value alone, and its filters keep track of what is escaped.
        autoescape=True,
        finalize=_safe,
        # Jinja would run a filter on a constant, as in `'policy.md' | link`, when it compiles a frame. Compiled frames
        # are kept, so another page or another agency would get the link or the office of the first.
        optimized=False,
        # A misspelled name must stop the build, not leave a gap in a legal document.
        undefined=StrictUndefined,
        # Without these, every {% if %} would leave an empty line, and an empty line ends a Markdown list or table.
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=CompiledTemplates(COMPILED),
    )
    env.filters["md"] = Markup
    env.filters["series"] = series
    env.filters.update(filters)
    return env


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates where no other user can change them: they are code."""

    def __init__(self, ending: str = "template") -> None:
        self.ending = ending

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template's code from the cache, if it is there."""
        kept = read_kept(f"{bucket.key}.{self.ending}")
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Put a template's code into the cache."""
        keep(f"{bucket.key}.{self.ending}", bucket.bytecode_to_string())


@pass_context
def _safe(_: Context, value: Any) -> Markup:
    """Escape a value; asking for the context keeps Jinja from doing so at compile time, see `optimized`."""
    return value if isinstance(value, Markup) else Markup(escape_markdown(str(value)))  # noqa: S704 - escaped above
