"""The command new: scaffolds an agency's repository from the template that comes with the package."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from policywright.agency.own_wheel import WHEEL_NAME, find_own_wheel, is_own_wheel, own_source
from policywright.catalog.folders import template_folder
from policywright.model.findings import did_you_mean, one_of

Prompts = Mapping[str, str | list[str]]
"""What the template asks: name -> the proposal, or the choices."""


@click.command()
@click.argument("given", nargs=-1, metavar="[NAME=ANSWER]...")
@click.option("--no-input", is_flag=True, help="Ask nothing, and accept the default for each answer that is not given.")
@click.option(
    "--output-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="The folder in which to create the repository; by default, the current one.",
)
@click.option(
    "--wheel",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The wheel of this version, if Policywright was not installed from one.",
)
def new(*, given: tuple[str, ...], no_input: bool, output_dir: Path, wheel: Path | None) -> None:
    """Create an agency's repository in a new folder.

    The command asks eight questions. You can answer them in advance, for example agency_name="Town of Exampleton"
    jurisdiction=us_local; your answer is then the default. The new repository gets the wheel of this version, and
    records its hash.
    """
    prompts = _prompts()
    answers = _given(given, prompts)
    answers |= {"_policywright_wheel": str(_wheel(wheel).resolve())}
    output_dir.mkdir(parents=True, exist_ok=True)
    # The repository is moved to its place when it is finished, so that nothing half-written is ever there.
    with tempfile.TemporaryDirectory(prefix=".policywright-new-", dir=output_dir) as folder:
        made = _scaffold(answers, Path(folder), no_input=no_input)
        place = output_dir / made.name
        if os.path.lexists(place):
            raise click.UsageError(f"{place} already exists. Choose another name with repo_name=…, or another folder.")
        made.rename(place)
    click.echo(f"\nYour repository is ready in {place.resolve()}")
    click.echo("Read its README.md next; it begins with the commands that build the site.")


def _prompts() -> Prompts:
    context = json.loads((template_folder() / "cookiecutter.json").read_text("utf-8"))
    return {name: proposal for name, proposal in context.items() if not name.startswith("_")}


def _given(words: Iterable[str], prompts: Prompts) -> dict[str, str]:
    """Return the answers of the command line, as the template takes them; refuse those that it does not know."""
    answers = {}
    for word in words:
        name, equals, answer = word.partition("=")
        if not equals:
            raise click.UsageError(f"“{word}” is not an answer. Write NAME=ANSWER, for example jurisdiction=us_local.")
        if name not in prompts:
            raise click.UsageError(
                f"There is no question “{name}”.{did_you_mean(name, prompts)} Choose from: {one_of(prompts)}."
            )
        answers[name] = _as_proposal(name, answer, prompts[name])
    return answers


def _as_proposal(name: str, answer: str, proposal: str | list[str]) -> str:
    if isinstance(proposal, list):
        if answer not in proposal:
            hint = did_you_mean(answer, proposal)
            raise click.UsageError(f"“{answer}” is not an answer to {name}.{hint} Choose one of: {one_of(proposal)}.")
        return answer
    # cookiecutter renders a proposal as a template; as a literal it says just these words.
    return f"{{{{ {json.dumps(answer, ensure_ascii=False)} }}}}"


def _wheel(named: Path | None) -> Path:
    if named and not is_own_wheel(named):
        raise click.UsageError(f"{named} is not the wheel of this version. Name {WHEEL_NAME}.")
    found = named or find_own_wheel()
    if found is None:
        source = own_source()
        raise click.UsageError(
            "The wheel of Policywright was not found, and without it nobody could install the new repository. Build it "
            f"from {'where this version came from' if source else 'a copy of its repository or its git address'}, "
            f"or use the file that you were given:\n\n"
            f'  python -m pip wheel --no-deps --wheel-dir . "{source or "PATH"}"\n'
            f"  policywright new --wheel {WHEEL_NAME}"
        )
    return found


def _scaffold(answers: Mapping[str, Any], folder: Path, *, no_input: bool) -> Path:
    """Let cookiecutter ask and write; return the repository, in a folder that is ours."""
    from cookiecutter.exceptions import CookiecutterException  # noqa: PLC0415 - help loads every command
    from cookiecutter.main import cookiecutter  # noqa: PLC0415

    config = folder / "config.yml"
    settings = {"replay_dir": str(folder / "replay"), "cookiecutters_dir": str(folder / "templates")}
    config.write_text(json.dumps(settings), encoding="utf-8")
    try:
        made = cookiecutter(
            str(template_folder()),
            no_input=no_input,
            extra_context=dict(answers),
            output_dir=str(folder / "made"),
            config_file=str(config),
        )
    except CookiecutterException as error:
        raise click.UsageError(str(error)) from None
    return Path(made)
