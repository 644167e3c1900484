# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs in memory, as a look is given them."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import Record, records_in
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.source import EventSource, Extent
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError

from tests.lab.event_logs import Event, record


class Source(EventSource):
    """A log of these events, oldest first.

    breaks: why it cannot be read behind its oldest event; or what is raised then. extent: what it tells of itself.
    doubt: why it may be another log.
    """

    name = "Application"
    doubt: str | None = None

    def __init__(
        self, *events: Event, breaks: str | Exception = "", extent: Extent | None = None, doubt: str = ""
    ) -> None:
        self._events = events
        self._breaks = ServerError(breaks) if isinstance(breaks, str) and breaks else breaks
        self._extent = extent
        self.doubt = doubt or None
        self.read = 0

    def newest_first(self) -> Iterator[Record]:
        for number, event in reversed(list(enumerate(self._events, 1))):
            self.read += 1
            yield from records_in(record(number, event))
        if isinstance(self._breaks, Exception):
            raise self._breaks

    def extent(self) -> Extent:
        return self._extent or Extent(len(self._events), 1, len(self._events))

    @property
    def lost(self) -> int | None:
        return self._extent.lost if self._extent else None
