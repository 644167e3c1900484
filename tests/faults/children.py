# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run functions in forked children and learn what became of them."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

NOBODY = 65534
MANY_DESCRIPTORS = 64


class Outcome(NamedTuple):
    """What a function returned or raised in a child; its result must be fit for JSON.

    calls: the system calls on files that it made, where they were traced.
    error: the names of the exception's classes, most special first; empty for a result.
    leaked: descriptors that were open afterwards and not before.
    """

    calls: tuple[str, ...] = ()
    killed: bool = False
    result: Any = None
    error: tuple[str, ...] = ()
    text: str = ""
    leaked: tuple[int, ...] = ()


class Child:
    """A forked process that reports what a function of it did."""

    def __init__(self, function: Callable[[], Any], prepare: Callable[[], Any] = os.getpid) -> None:
        self._report, writable = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _be_child(function, prepare, writable)
        os.close(writable)

    def outcome(self) -> Outcome:
        """Wait for the report, and for the end of the process; without a report it was killed."""
        with open(self._report, "rb") as report:
            data = report.read()
        self.reap()
        fields: dict[str, Any] = json.loads(data) if data else {}
        error, leaked = tuple(fields.get("error", ())), tuple(fields.get("leaked", ()))
        return Outcome((), not data, fields.get("result"), error, fields.get("text", ""), leaked)

    def kill(self) -> None:
        """End the process; it has not been waited for, so the number is still its own."""
        os.kill(self.pid, signal.SIGKILL)

    def reap(self) -> None:
        """Wait for the end of the process, if nobody did."""
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:
            pass


def run_all(functions: Sequence[Callable[[], Any]]) -> list[Outcome]:
    """Run functions at once, one process for each, and wait for all."""
    gate, opener = os.pipe()

    def wait_for_all() -> None:
        os.close(opener)
        os.read(gate, 1)

    children = [Child(function, wait_for_all) for function in functions]
    os.close(gate)
    os.close(opener)
    return [child.outcome() for child in children]


def as_nobody(function: Callable[[], Any]) -> Outcome:
    """Run a function as a user without any capability."""
    return Child(function, become_nobody).outcome()


@contextmanager
def running(function: Callable[[], Any]) -> Iterator[Child]:
    """Have a function run meanwhile; it is killed in the end."""
    child = Child(function)
    try:
        yield child
    finally:
        child.kill()
        child.reap()


def become_nobody() -> None:
    """Give up root for good."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _be_child(function: Callable[[], Any], prepare: Callable[[], Any], report: int) -> NoReturn:
    try:
        prepare()
        before = _descriptors()
        fields = _call(function)
        fields["leaked"] = [number for number in _descriptors() if number not in before]
        with open(report, "wb") as out:
            out.write(json.dumps(fields).encode())
    finally:
        os._exit(0)


def _call(function: Callable[[], Any]) -> dict[str, Any]:
    """Call between two marks, which are of use to a tracer."""
    os.getsid(0)
    try:
        fields: dict[str, Any] = {"result": function()}
    except BaseException as error:
        fields = {"error": [kind.__name__ for kind in type(error).__mro__], "text": str(error)}
    os.getsid(0)
    return fields


def _descriptors() -> list[int]:
    """List open descriptors; /proc/self/fd is closed to one who gave up root."""
    found = []
    for number in range(MANY_DESCRIPTORS):
        try:
            os.fstat(number)
            found.append(number)
        except OSError:
            pass
    return found
