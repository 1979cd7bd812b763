"""A short fingerprint of plain data: the same data gives the same one, and other data another."""

from __future__ import annotations

import hashlib
import json

LENGTH = 16
"""Letters of a fingerprint; two texts of a policy share one by chance once in 10^19."""


def fingerprint(data: object) -> str:
    """Return the fingerprint of data made of dicts, lists, strings, numbers, booleans and None.

    The order of keys does not count, the order of a list does.
    """
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
