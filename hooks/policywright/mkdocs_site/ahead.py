"""Lets free processors do the work of a build ahead of it, so that the build finds it done."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

_T = TypeVar("_T")
_Made = TypeVar("_Made")

_HELPERS = 3
"""Processes at most that work ahead of a build."""
_SHARED = 20
"""Less work is done before another process has begun."""


class Ahead:
    """Copies of this process that do a part of its work and keep what they made where it looks first."""

    def __init__(self) -> None:
        self._helpers: list[BaseProcess] = []

    def begin(self, missing: Sequence[_T], do: Callable[[_T], bool], *, least: int = 2) -> None:
        """Do what is missing in other processes, from the last one on; the build begins with the first one.

        `do` returns False if its work is done already: then the build has come as far as this, and the helper ends.
        A helper needs work for `least` calls.
        """
        number = min(_HELPERS, free_processors(), len(missing) // least)
        for first in range(number):
            work = (missing[::-1][first::number], do)
            self._helpers.append(_copy(_work, *work))

    def end(self) -> bool:
        """Let no helper go on; return whether there were any."""
        for helper in self._helpers:
            helper.terminate()
            helper.join()
        had, self._helpers = bool(self._helpers), []
        return had


def _work(missing: Sequence[_T], do: Callable[[_T], bool]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that nothing half-written is left
    logging.getLogger("mkdocs").handlers = [logging.NullHandler()]  # the build says what there is to say
    for one in missing:
        if not do(one):
            return


def aside(do: Callable[[], _Made]) -> Callable[[], _Made]:
    """Begin something in another process; return what waits for it and gives what it made.

    Where no processor is free, or if it fails there, it is done here as soon as somebody asks.
    """
    if not free_processors():
        return do
    here, there = multiprocessing.get_context("fork").Pipe(duplex=False)
    helper = _copy(_send, do, there)
    there.close()

    def made() -> _Made:
        try:
            found: _Made = here.recv()
        except EOFError:
            found = do()
        helper.join()
        return found

    return made


def shared(do: Callable[[_T], _Made], work: Sequence[_T]) -> Iterable[_Made]:
    """Do each piece of work, and return what was made in the same order, as `map` does.

    Where a processor is free, it begins with the last piece and this process with the first one, until they meet.
    """
    if len(work) < _SHARED or not free_processors():
        return map(do, work)
    begun = multiprocessing.get_context("fork").Value("i", 0)

    def take() -> bool:
        with begun.get_lock():
            begun.value += 1
            return int(begun.value) <= len(work)

    def from_the_end() -> list[_Made]:
        last: list[_Made] = []
        while take():
            last.insert(0, do(work[-1 - len(last)]))
        return last

    made_last = aside(from_the_end)
    first: list[_Made] = []
    while take():
        first.append(do(work[len(first)]))
    last = made_last()
    missing = work[len(first) : len(work) - len(last)]  # what failed there fails here too, where it is reported
    return [*first, *map(do, missing), *last]


def _copy(target: Callable[..., None], *args: Any) -> BaseProcess:
    """Begin something in a copy of this process."""
    helper = multiprocessing.get_context("fork").Process(target=target, args=args, daemon=True)
    helper.start()
    return helper


def _send(do: Callable[[], object], there: Connection[Any, Any]) -> None:
    with suppress(Exception):
        there.send(do())


def free_processors() -> int:
    """Return how many processors have nothing to do; none where a copy of this process would not be safe."""
    # Only Linux copies a process safely, and only one without threads.
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    processors = os.cpu_count() or 1
    return processors - 1 if os.getloadavg()[0] <= processors else 0
