"""Writes what is known of the supply chain: exact versions with hashes, and a bill of materials from them.

Needs uv and the package index: make supply

With the file of a released wheel it records its hash in the template instead, so that each agency's repository checks
it: python -m tests.tools.supply dist/policywright-0.1.0-py3-none-any.whl
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from policywright import __version__
from tests.support.agency_files import ROOT

LOCK = ROOT / "cookiecutter-policy" / "{{cookiecutter.repo_name}}" / "constraints.txt"
SETTINGS = ROOT / "cookiecutter-policy" / "cookiecutter.json"
BILL = ROOT / "docs" / "project" / "sbom.cdx.json"
LEAST_PYTHON = "3.11"

HEAD = """\
# Every package that Policywright {version} runs on, in the version that was tested, with the hashes of its files.
# requirements.txt names this file: pip install --require-hashes -r requirements.txt
# Made by “make supply”; do not edit.
"""

_PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: *; *(?P<marker>.+?))?(?: \\)?$", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def resolve() -> str:
    """Ask the index for one set of versions that suits every supported Python and system."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lock.txt"
        words = ["uv", "pip", "compile", "--universal", "--python-version", LEAST_PYTHON, "--generate-hashes"]
        quiet = ["--no-emit-index-url", "--no-header", "--no-annotate", "--quiet", "--output-file", str(out)]
        subprocess.run([*words, *quiet, str(ROOT / "pyproject.toml")], check=True)
        return HEAD.format(version=__version__) + out.read_text("utf-8")


def pins(lock: str) -> list[dict[str, Any]]:
    """Return the packages of a lock: name, version, marker, hashes."""
    heads = list(_PIN.finditer(lock))
    ends = [head.start() for head in heads[1:]] + [len(lock)]
    return [
        {**head.groupdict(), "hashes": _HASH.findall(lock, head.end(), end)}
        for head, end in zip(heads, ends, strict=True)
    ]


def license_of(name: str) -> str:
    """Return what an installed package states about its license, or nothing when it is not installed."""
    try:
        data = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    classified = [c.rsplit(" :: ", 1)[-1] for c in data.get_all("Classifier") or [] if c.startswith("License ::")]
    first = [*(data.get_all("License-Expression") or []), *classified, *(data.get_all("License") or []), ""]
    stated = next((words for words in first if words), "")
    return stated.strip().splitlines()[0] if stated.strip() else ""


def bill(lock: str) -> str:
    """Return the bill of materials in CycloneDX 1.5, without dates or random numbers."""
    wright = f"pkg:pypi/policywright@{__version__}"
    names = sorted({f"pkg:pypi/{pin['name']}@{pin['version']}" for pin in pins(lock)})
    about = {"type": "application", "name": "policywright", "version": __version__, "bom-ref": wright, "purl": wright}
    data = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {**about, "licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": [_component(pin) for pin in pins(lock)] + [_vendored()],
        "dependencies": [{"ref": wright, "dependsOn": names}],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _component(pin: dict[str, Any]) -> dict[str, Any]:
    purl = f"pkg:pypi/{pin['name']}@{pin['version']}"
    stated = license_of(pin["name"])
    return {
        "type": "library",
        "bom-ref": purl,
        "name": pin["name"],
        "version": pin["version"],
        "purl": purl,
        **({"licenses": [{"license": {"name": stated}}]} if stated else {}),
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in pin["hashes"]],
        **({"properties": [{"name": "python:marker", "value": pin["marker"]}]} if pin["marker"] else {}),
    }


def _vendored() -> dict[str, Any]:
    purl = "pkg:npm/iframe-worker@1.0.4"
    return {
        "type": "file",
        "bom-ref": purl,
        "name": "iframe-worker shim",
        "version": "1.0.4",
        "purl": purl,
        "licenses": [{"license": {"id": "MIT"}}],
    }


def with_hash(settings: str, wheel: Path) -> str:
    """Return the text of cookiecutter.json that knows the hash of the released wheel of its version."""
    version = json.loads(settings)["_policywright_version"]
    if wheel.name != f"policywright-{version}-py3-none-any.whl":
        sys.exit(f"{wheel.name} is not the wheel of version {version}.")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return re.sub(r'("_policywright_hash": )"\w*"', rf'\1"{digest}"', settings)


if __name__ == "__main__" and sys.argv[1:]:
    text = with_hash(SETTINGS.read_text("utf-8"), Path(sys.argv[1]))
    SETTINGS.write_text(text, encoding="utf-8", newline="\n")
elif __name__ == "__main__":
    text = resolve()
    LOCK.write_text(text, encoding="utf-8", newline="\n")
    BILL.write_text(bill(text), encoding="utf-8", newline="\n")
    print(f"{len(pins(text))} packages in {LOCK.name} and {BILL.name}.", file=sys.stderr)
