"""A short fingerprint of plain data: the same data always gives the same one."""

from __future__ import annotations

import hashlib
import json

LENGTH = 16
"""Characters of a fingerprint; the chance that two texts share one is 1 in 10^19."""


def fingerprint(data: object) -> str:
    """Return the fingerprint of data made of dicts, lists, strings, numbers, booleans and None.

    The order of keys is ignored; the order of a list matters.
    """
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
