# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the records of an event log come from: a file on a drive, or a server that is asked.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Iterator, NamedTuple

from .record import Record

APPLICATION = "Application"
# Has a key for each log, below HKEY_LOCAL_MACHINE (KB Q175386).
LOGS = "SYSTEM\\CurrentControlSet\\Services\\EventLog"


class Extent(NamedTuple):
    """How far a log reaches; None is not known.

    records: how many it holds. oldest, newest: numbers of records. oldest_time: in seconds since
    1970, UTC. wrapped: the records from number 1 on are gone. clean: the file was closed in good
    order. lost: how many records it must hold that cannot be given.
    """

    records: int | None = None
    oldest: int | None = None
    newest: int | None = None
    oldest_time: int | None = None
    wrapped: bool | None = None
    clean: bool | None = None
    lost: int | None = None

    @property
    def may_lack_newest(self) -> bool:
        """Tell whether newer records may be missing than can be read: a file without a mark may end anywhere."""
        return bool(self.lost) or (self.lost is None and self.clean is False)


class EventSource(ABC):
    """One log of one server, read from its newest record back. Never writes."""

    #: The log as a message names it: by its path, or by its name on the server.
    name: str

    @abstractmethod
    def newest_first(self) -> Iterator[Record]:
        """Give the records, each older than the one before; no more is read than is asked for.

        Raises:
            ServerError: the log cannot be read, or not on to its oldest record; what was given before holds.
            ConnectionLost: the server no longer answers.
        """

    @abstractmethod
    def extent(self) -> Extent:
        """Give how far the log reaches; it may cost the server some requests, and raises what reading raises."""

    @property
    def lost(self) -> int | None:
        """How many records are missing among those that were given until now; None where that is not known."""
        return None

    @property
    def clock(self) -> int | None:
        """By how many seconds the server's clock is ahead of the one here; None where that is not known."""
        return None

    @property
    def doubt(self) -> str | None:
        """Why this may not be the log that the server keeps now; None where nothing says so."""
        return None


__all__ = ("APPLICATION", "LOGS", "EventSource", "Extent")
