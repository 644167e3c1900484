# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The memory of a whole run: all its processes, each shared page counted once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.processes import family

PAUSE = 0.05


@dataclass
class Peak:
    """The largest memory seen, in MB (1,000,000 bytes)."""

    megabytes: float = 0.0


@contextmanager
def peak_of() -> Iterator[Peak]:
    """Watch the children of this process while the block runs."""
    peak, done = Peak(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(peak, done))
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _watch(peak: Peak, done: threading.Event) -> None:
    # What runs before, such as the servers, is not part of the run.
    others = family(os.getpid())
    while not done.wait(PAUSE):
        peak.megabytes = max(peak.megabytes, sum(_proportional(each) for each in family(os.getpid()) - others) / 1e6)


def _proportional(process: int) -> int:
    """Give the proportional set size in bytes: a page that n processes share counts as an n-th."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return 1024 * int(text.split("\nPss:")[1].split()[0])
