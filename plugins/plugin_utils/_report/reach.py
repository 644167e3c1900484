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
MOST_LOGS = 5


class Span(NamedTuple):
    """What was read of a log: its oldest and its newest record, and when these were by the controller's clock.

    Where the clock of the server is not known, by its own. in_doubt: it may lack what happened in between.
    """

    begin: int
    end: int
    read_to: Mapping[str, Any]
    newest: Mapping[str, Any]
    clock_known: bool
    in_doubt: bool


class Reach:
    """The logs that can tell of a refused caller. All are taken in before the first question."""

    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}
        self._read_back_to: list[tuple[int, str]] = []

    def add(self, name: str, events: Events, is_relied_on: bool, in_doubt: bool) -> None:
        """Take the log of a server in.

        is_relied_on: an event would have been logged. One without records tells of no time, and so does one whose
        oldest record is later than its newest, since the clock was set back.
        """
        if not (events["newest"] and events["read_to"]):
            return
        begin, end = (seconds(events[key]["time"]) - (events["clock"] or 0) for key in ("read_to", "newest"))
        self._read_back_to.append((begin, name))
        if is_relied_on and begin <= end:
            known = events["clock"] is not None
            self._spans[name] = Span(begin, end, events["read_to"], events["newest"], known, in_doubt)

    def get(self, name: str) -> Span | None:
        """Give what can be relied on of the log of a server; None where there is nothing."""
        return self._spans.get(name)

    @cached_property
    def _begins(self) -> list[tuple[int, str]]:
        return sorted((span.begin, name) for name, span in self._spans.items())

    @cached_property
    def _ends(self) -> list[tuple[int, str]]:
        return sorted((span.end, name) for name, span in self._spans.items())

    @cached_property
    def _latest_first(self) -> list[tuple[int, str]]:
        return sorted(self._read_back_to, reverse=True)

    @cached_property
    def _last_to_end(self) -> list[list[str]]:
        """Give for each place among the begins the two logs that go on longest, of those that begin there or before."""
        found: list[list[str]] = []
        best: list[str] = []
        for _begin, name in self._begins:
            best = sorted([*best, name], key=lambda each: self._spans[each].end, reverse=True)[:2]
            found.append(best)
        return found

    def after(self, time: int, server: str) -> tuple[int, int]:
        """Give how many logs of others tell of all the time since a moment, and of how many only a later part."""
        begun, ended = (bisect_right(each, time, key=lambda at: at[0]) for each in (self._begins, self._ends))
        counts = [begun - ended, len(self._spans) - begun]
        own = self._spans.get(server)
        if own and own.end > time:
            counts[own.begin > time] -= 1
        return counts[0], counts[1]

    def some_after(self, time: int, server: str, first: Iterable[str]) -> dict[str, Span]:
        """Give some logs of others that go on behind a moment: before all, those that tell of all the time since.

        first: of these, the ones to give first. One that tells of all that time is given, where there is one.
        """
        begun = bisect_right(self._begins, time, key=lambda at: at[0])
        longest = self._last_to_end[begun - 1] if begun else []
        # One more than are named, since one of them may be the server's own.
        newest = [name for _end, name in self._ends[: -MOST_LOGS - 2 : -1]]
        names = dict.fromkeys([*first, *longest, *newest])
        found = [
            (name, span) for name in names if name != server and (span := self._spans.get(name)) and span.end > time
        ]
        return dict(sorted(found, key=lambda each: each[1].begin > time)[:MOST_LOGS])

    def back_to(self, server: str) -> int | None:
        """Give the moment back to which each log of others was read, at least; None where none has records."""
        return next((begin for begin, name in self._latest_first if name != server), None)
