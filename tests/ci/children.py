# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All children of the test run: daemons in sessions of their own too are found, and ended by their ids."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NoReturn

from tests.lab.processes import family, is_zombie, parent

SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What is asked of whom, and for how many seconds; together less than ten.
# Interrupted, pytest takes down its fixtures: servers, mounts.
ENDING = ((signal.SIGINT, 4.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0))


def living() -> set[int]:
    """Give the ids of all processes below this one that have not ended."""
    return {pid for pid in family(os.getpid()) - {os.getpid()} if not is_zombie(pid)}


def reap_orphans(own: Collection[int]) -> None:
    """Take away the ended processes that were adopted; those of ``own`` are waited for elsewhere."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    for pid in {int(each) for file in children for each in file.read_text().split()} - set(own):
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass


def end(leaders: Collection[int]) -> None:
    """End all processes below this one: ask the leaders of steps, then tell everyone, then kill."""
    for number, seconds in ENDING:
        asked: set[int] = set()
        until = time.monotonic() + seconds
        while (rest := living()) and time.monotonic() < until:
            for pid in (rest & set(leaders) if number == signal.SIGINT else rest) - asked:
                _send(pid, number)
                asked.add(pid)
            if number == signal.SIGINT and not rest & set(leaders):
                break
            reap_orphans(leaders)
            time.sleep(0.05)


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


class Stop:
    """Remembers that the run is to end: by a signal, or by one that make got and keeps to itself.

    From then on, this process is the parent of each below whose own parent ends: none is lost.
    make passes on SIGTERM alone; after SIGINT and SIGHUP it waits for its children, and no
    longer catches that signal, by which it can be told.
    """

    def __init__(self) -> None:
        self.number = 0
        ctypes.CDLL(None, use_errno=True).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._make = _make_above(os.getppid())
        self._caught = self._caught_by_make()
        for number in SIGNALS:
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # nohup
            signal.signal(number, self._on_signal)

    def asked(self) -> bool:
        """Tell whether the run is to end."""
        if self._make and not self.number:
            lost = self._caught & ~self._caught_by_make()
            self.number = next((each for each in SIGNALS if lost >> (each - 1) & 1), 0)
        return bool(self.number)

    def _on_signal(self, number: int, _frame: object) -> None:
        self.number = self.number or number

    def _caught_by_make(self) -> int:
        """Give the signals that make catches as a set of bits; none when make has ended."""
        try:
            lines = Path(f"/proc/{self._make}/status").read_text().splitlines() if self._make else []
        except OSError:
            return 0
        return next((int(line.split()[1], 16) for line in lines if line.startswith("SigCgt:")), 0)


def run_in_child(work: Callable[[], object], stop: Stop) -> int:
    """Call a function in a child, which ends when the run is to end; give its exit code."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _be_child(work)
    while not stop.asked():
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    end([pid])
    reap_orphans(())
    return 128 + stop.number


def _be_child(work: Callable[[], object]) -> NoReturn:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    code = 1
    try:
        work()
        code = 0
    except SystemExit as error:
        print(error, file=sys.stderr)
    except Exception:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _make_above(pid: int) -> int:
    """Give the id of the make that started this process, be it through a shell; 0 without one."""
    if _name(pid) == "sh":
        pid = parent(pid)
    return pid if _name(pid) == "make" else 0


def names_of(pids: Collection[int]) -> str:
    """Give the names of processes with their ids."""
    return ", ".join(f"{_name(pid)} ({pid})" for pid in sorted(pids))


def wait_until_alone(seconds: float) -> set[int]:
    """Wait until no process is below this one; give those that still are."""
    until = time.monotonic() + seconds
    while (rest := living()) and time.monotonic() < until:
        reap_orphans(())
        time.sleep(0.1)
    return rest
