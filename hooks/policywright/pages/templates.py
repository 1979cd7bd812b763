"""The one Jinja environment of the page frames: sandboxed, strict, and escaping for Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from policywright.catalog.cache import made_folder
from policywright.language.texts import escape_markdown, series

FRAMES = Path(__file__).parent / "frames"
COMPILED = "frames-2"
"""The folder of compiled frames. Their code depends on the options of the environment: change both together."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which remembers its verdicts: they depend on an object's type and the attribute alone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.verdicts: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Tell whether a frame may look at an attribute."""
        key = (type(obj), attr)
        if key not in self.verdicts:
            self.verdicts[key] = super().is_safe_attribute(obj, attr, value)
        return self.verdicts[key]


def environment(own: Mapping[str, str], filters: Mapping[str, Any]) -> Environment:
    """Make the environment; `own` are a catalog's frames by file name, which come before the built-in ones.

    Whatever a frame shows is escaped for Markdown and HTML alike, unless it passed `|md`.
    """
    env = _Sandbox(
        loader=ChoiceLoader([DictLoader(dict(own)), FileSystemLoader(FRAMES)]),
        autoescape=True,
        finalize=_safe,
        # Jinja would run a filter on a constant, as in `'policy.md' | link`, when it compiles a frame. Compiled frames
        # are kept, so another page or another agency would get the link or the office of the first.
        optimized=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=compiled_templates(COMPILED),
    )
    env.filters["md"] = Markup
    env.filters["series"] = series
    env.filters.update(filters)
    return env


def compiled_templates(name: str = "templates") -> FileSystemBytecodeCache | None:
    """Return the cache in which Jinja keeps compiled templates, or None where there can be none."""
    folder = made_folder(name)
    return FileSystemBytecodeCache(folder) if folder else None


@pass_context
def _safe(_: Context, value: Any) -> Markup:
    """Escape a value; asking for the context keeps Jinja from doing so when it compiles, see `optimized`."""
    return value if isinstance(value, Markup) else Markup(escape_markdown(str(value)))  # noqa: S704 - escaped above
