"""Checks that the readers of a catalog are sent to pages that exist; an agency's build has no need to."""

from __future__ import annotations

from pathlib import Path

from policywright.files.yaml import read_yaml
from policywright.model.catalog import Catalog
from policywright.model.codes import CODES
from policywright.model.findings import Finding, did_you_mean
from policywright.pages.plan import page_names


def check_readings(catalog: Catalog, folder: Path) -> list[Finding]:
    """Report every page that catalog.yml, in the catalog's folder, sends a reader to and that no site has."""
    known = sorted(uri.removesuffix(".md") for uri in page_names(catalog))
    top, found = read_yaml(folder / "catalog.yml", "catalog.yml")
    for number, reader in enumerate(catalog.readers):
        for index, reading in enumerate(reader.reads):
            if reading.page not in known:
                message = f"There is no page “{reading.page}”.{did_you_mean(reading.page, known)}"
                place = top.place("readers", number, "reads", index, "page")
                found.append(Finding("C201", "error", message, (place,), CODES["C201"].mend))
    return found
