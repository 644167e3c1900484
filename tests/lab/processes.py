# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process and all below it."""

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
