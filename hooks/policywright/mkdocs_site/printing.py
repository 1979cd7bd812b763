"""Remembers what the theme prints around the content of a page: most of it is the navigation, the same in each build.

Only Material's own templates are known to print nothing but what is named here, so a site with templates, hooks or
plug-ins of somebody else remembers nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import PurePath
from types import ModuleType
from typing import Any, cast

from jinja2 import Environment, Template
from mkdocs import localization
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime

from policywright.files.kept import is_kept
from policywright.mkdocs_site.ahead import Ahead, free_processors
from policywright.mkdocs_site.conversions import as_token, conversion_settings, in_json
from policywright.mkdocs_site.remembered import named, recall, remember, with_version
from policywright.mkdocs_site.search import Entries

_DECIDED_BY = ("mkdocs", "mkdocs-material", "Jinja2")
_PLUGINS = {"search", "offline", "material/search", "material/offline"}
"""Plug-ins that change nothing of what templates are given."""
_ELSEWHERE = {
    *("plugins", "hooks", "theme", "nav", "config_file_path", "docs_dir", "site_dir", "watch", "dev_addr"),
    *("markdown_extensions", "mdx_configs", "validation", "exclude_docs", "draft_docs", "not_in_nav"),
    *("edit_uri_template", "remote_branch", "remote_name"),
}
"""Settings that decide nothing in the templates, or that are named in another way."""
_LOCALE = type(localization.parse_locale("en"))
"""MkDocs takes another class if Babel is not installed."""


class PrintedPages:
    """How the pages of one build are printed: only if the same was not printed around their content before."""

    def __init__(self, env: Environment, config: MkDocsConfig, nav: Navigation) -> None:
        self._env, self._config, self._nav = env, config, nav
        self._entries = Entries(config)
        self._ahead = Ahead()
        self._decided = _decided(config, nav)
        if self._decided is not None:
            env.template_class = self._template_class()

    def begin(self, files: Sequence[File]) -> None:
        """Print pages, and let the search read them, in other processes."""
        if self._decided is None or not free_processors():
            return

        def known(page: Page) -> bool:
            return self._entries.are_known(page) and is_kept(self._name(page))

        def output(page: Page) -> bool:
            if known(page):
                return False
            self._entries.add(page)
            page.active = True
            template = self._env.get_template(page.meta.get("template", "main.html"))
            template.render(get_context(self._nav, files, self._config, page))
            page.active = False
            return True

        missing = [file.page for file in files if file.page is not None and not known(file.page)]
        self._ahead.begin(missing, output)

    def entries(self) -> list[Any] | None:
        """Return what the search finds, if some pages had to wait until they were shown."""
        return self._entries.all_of_them()

    def end(self) -> None:
        """Let no helper go on after the last page."""
        self._ahead.end()

    def _template_class(self) -> type[Template]:
        around = self._around

        class Remembered(Template):
            """A template that looks first what it printed before."""

            def render(self, *args: Any, **kwargs: Any) -> str:
                context = dict(*args, **kwargs)
                page, output = context.get("page"), partial(super().render, context)
                return around(page, output) if isinstance(page, Page) else output()

        return Remembered

    def _around(self, page: Page, output: Callable[[], str]) -> str:
        name, content = self._name(page), page.content or ""
        known = recall(name)
        if known is not None:
            return content.join(known)
        printed = output()
        around = printed.split(content) if content else []
        if len(around) == 2:
            remember(name, around)
        return printed

    def _name(self, page: Page) -> str:
        content = page.content or ""
        facts = {
            **_facts(page),
            "toc": [as_token(entry) for entry in page.toc],
            "canonical": page.canonical_url,
            "edit": page.edit_url,
            "home": page.is_homepage,
            "place": [item.title for item in page.ancestors],
            "neighbors": [other and [other.title, other.url] for other in (page.previous_page, page.next_page)],
            "titled": "<h1" in content,  # otherwise the theme prints the title
        }
        return named("around", self._decided or "", page.file.src_uri, json.dumps(facts, default=repr, sort_keys=True))


def _decided(config: MkDocsConfig, nav: Navigation) -> str | None:
    """Return a name for all that decides what is printed besides the page; None if something else could decide too."""
    theme, hooks = config.theme, cast("Mapping[str, ModuleType]", config.hooks)
    plugins = {name: plugin for name, plugin in config.plugins.items() if name not in hooks}
    if theme.name != "material" or theme.custom_dir or not plugins.keys() <= _PLUGINS:
        return None
    conversions = conversion_settings(config)
    if conversions is None or not all(map(_is_ours, hooks.values())):
        return None
    decided = {
        "versions": [*map(with_version, _DECIDED_BY)],
        "conversions": conversions,
        "settings": {name: value for name, value in config.items() if name not in _ELSEWHERE},
        "theme": dict(theme),
        "plugins": {name: dict(plugin.config) for name, plugin in plugins.items()},
        "navigation": [_item(item) for item in nav],
        "day": str(get_build_datetime()),
    }
    try:
        return named(json.dumps(decided, default=_said, sort_keys=True))
    except TypeError:
        return None


def _is_ours(hook: ModuleType) -> bool:
    """Return whether all events of a hook are those of this package."""
    events = [value for name, value in vars(hook).items() if name.startswith("on_")]
    functions = [function for event in events for function in getattr(event, "methods", [event])]
    return all(function.__module__.startswith("policywright.") for function in functions)


def _item(item: StructureItem) -> Any:
    """Return all that a theme can print of an item of the navigation."""
    if isinstance(item, Section):
        return [item.title, [_item(child) for child in item.children]]
    return _facts(item) if isinstance(item, Page) else [item.title, getattr(item, "url", None)]


def _facts(page: Page) -> dict[str, Any]:
    return {"title": page.title, "url": page.url, "meta": dict(page.meta)}


def _said(value: Any) -> Any:
    return str(value) if isinstance(value, date | PurePath | _LOCALE) else in_json(value)
