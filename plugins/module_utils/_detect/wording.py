# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of messages: bytes of a file, names and paths, printable and not without end. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import time
from typing import Sequence

from .._profile.document import shown
from .._server.protocols import Entry
from .._server.text import few

# A message quotes no more of a file than this; the longest path of that time has 260 characters.
QUOTED = 260


def excerpt(data: bytes, most: int = QUOTED) -> str:
    """Give bytes of a file for a message: printable, and no more than so many of them."""
    text = shown(data[:most])
    return text if len(data) <= most else f"{text}... ({len(data)} characters)"


def listed(entries: Sequence[Entry]) -> str:
    """Give the Windows paths of files for a message."""
    return few([entry.windows for entry in entries], " and ")


def moment(seconds: int) -> str:
    """Give a time in seconds since 1970, UTC, as 2003-03-01T08:00:00Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


__all__ = ("QUOTED", "excerpt", "listed", "moment")
