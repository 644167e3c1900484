# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of messages: bytes of a file, names and paths, printable and not without end. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Sequence

from .._profile.document import shown
from .._server.protocols import Entry

# A message quotes no more of a file than this; the longest path of that time has 260 characters.
QUOTED = 260
# Nor does it give more names than this; the evidence has them all.
NAMED = 10


def excerpt(data: bytes, most: int = QUOTED) -> str:
    """Give bytes of a file for a message: printable, and no more than so many of them."""
    text = shown(data[:most])
    return text if len(data) <= most else f"{text}... ({len(data)} characters)"


def few(names: Sequence[str]) -> str:
    """Give names for a message, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def listed(entries: Sequence[Entry]) -> str:
    """Give the Windows paths of files for a message."""
    return " and ".join(entry.windows for entry in entries)


__all__ = ("QUOTED", "excerpt", "few", "listed")
