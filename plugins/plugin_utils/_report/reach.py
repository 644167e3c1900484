# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From when to when the logs of a fleet tell of refused callers. Pure.

PRIVATE to the collection: no part of this file is a public interface.

That nothing was refused since a moment is known of a log only if it was read back to that moment, and goes on behind
it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from .events import Events, seconds

# Of the logs that are named.
MOST_NAMED = 5


class Span(NamedTuple):
    """What was read of a log: its oldest and its newest record, and when these were by the controller's clock.

    Where the clock of the server is not known, by its own.
    """

    begin: int
    end: int
    read_to: Mapping[str, Any]
    newest: Mapping[str, Any]
    clock_known: bool


class Reach:
    """The logs that can tell of a refused caller. All are taken in before the first question."""

    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}

    def add(self, name: str, events: Events) -> None:
        """Take the log of a server in; one without records tells of no time."""
        if events["newest"] and events["read_to"]:
            begin, end = (seconds(events[key]["time"]) - (events["clock"] or 0) for key in ("read_to", "newest"))
            self._spans[name] = Span(begin, end, events["read_to"], events["newest"], events["clock"] is not None)

    @cached_property
    def _begins(self) -> list[tuple[int, str]]:
        return sorted((span.begin, name) for name, span in self._spans.items())

    @cached_property
    def _ends(self) -> list[tuple[int, str]]:
        return sorted((span.end, name) for name, span in self._spans.items())

    def after(self, time: int, server: str) -> tuple[int, int]:
        """Give how many logs of others tell of all the time since a moment, and of how many only a later part."""
        begun, ended = (bisect_right(each, time, key=lambda at: at[0]) for each in (self._begins, self._ends))
        later = len(self._spans) - begun
        counts = [begun - ended, later]
        own = self._spans.get(server)
        if own and own.end > time:
            counts[own.begin > time] -= 1
        return counts[0], counts[1]

    def some_after(self, time: int, server: str, first: Iterable[str]) -> dict[str, Span]:
        """Give some logs of others that go on behind a moment: before all, those that tell of all the time since.

        first: of these, the ones to give first. Then come those that were read farthest back, and the newest.
        """
        # One more than are named, since one of them may be the server's own.
        farthest = [name for _begin, name in self._begins[: MOST_NAMED + 1]]
        newest = [name for _end, name in self._ends[: -MOST_NAMED - 2 : -1]]
        names = dict.fromkeys([*first, *farthest, *newest])
        found = [
            (name, span) for name in names if name != server and (span := self._spans.get(name)) and span.end > time
        ]
        return dict(sorted(found, key=lambda each: each[1].begin > time)[:MOST_NAMED])

    def back_to(self, server: str) -> int | None:
        """Give the moment back to which the logs of all others were read; None where there is none."""
        return next((begin for begin, name in reversed(self._begins) if name != server), None)
