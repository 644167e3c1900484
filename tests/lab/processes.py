# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process, all below it, and all above."""

from __future__ import annotations

from pathlib import Path


def family(root: int) -> set[int]:
    """Give the ids of a process and of all below it; those that end meanwhile may be missing."""
    found, new = {root}, [root]
    while new:
        try:
            lists = [file.read_text() for file in Path(f"/proc/{new.pop()}/task").glob("*/children")]
        except OSError:
            continue
        children = [int(each) for text in lists for each in text.split()]
        found.update(children)
        new += children
    return found


def parent(pid: int) -> int:
    """Give the id of the process above a process; 0 when there is none, or it has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def ancestors(pid: int) -> set[int]:
    """Give the ids of all processes above a process."""
    found: set[int] = set()
    while pid := parent(pid):
        found.add(pid)
    return found


def is_zombie(pid: int) -> bool:
    """Tell whether a process has ended, be it waited for or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
