# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the logs of a fleet say of callers that were refused, in the order in which it is asked for. Pure.

PRIVATE to the collection: no part of this file is a public interface.

Each record is put into its place once; a question about one server then costs no more in a large fleet than in a small
one, but for the search in sorted lists.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import Any

from ...module_utils._events.mta import ACCEPT_FAILED, NOT_FOUND, REJECTED, RPC_REFUSED, may_be_blind
from ...module_utils._server.text import cut
from .causes import causes_of
from .events import Events, seconds
from .proxies import Key, Proxies
from .reach import Reach
from .servers import Server

# In seconds. An MTA that was refused calls again after ten minutes (KB Q157630), and logs at once.
WINDOW = 15 * 60
# Of the refusals of one server, and of those of one proxy that a server's evidence names.
MOST_ROWS, MOST_NAMED = 20, 5
# Of a host, in characters.
LONGEST_NAME = 255
# What a caller may log when the other side logs one of these: 1293 (KB Q196381), 9202 (KB Q254909; inferred).
WITHOUT_ADDRESS = {REJECTED: (1290,), ACCEPT_FAILED: (289, 301, 1290, 1294)}
OF_REMOTE = ("lost", "started", "build", "levels", "newest", "read_to", "whole", "clock", "fault", "kinds_left_out")
OF_ROW = ("id", "hex", "ipv4", "name", "about", "count", "first", "last", "record")

Row = dict[str, Any]


class Moments:
    """When events were logged, by the controller's clock where that can be told, each with its server."""

    def __init__(self) -> None:
        self._times: list[tuple[int, str]] = []
        #: Of each, where the next one of another server is, so that a server that logs much costs no more.
        self._of_others: list[int] = []
        self._sorted = True

    def add(self, times: Sequence[int], server: str) -> None:
        """Take moments in."""
        self._times += [(time, server) for time in times]
        self._sorted = False

    def _in_order(self) -> list[tuple[int, str]]:
        if not self._sorted:
            self._times.sort()
            self._of_others = _next_of_others([server for _time, server in self._times])
            self._sorted = True
        return self._times

    def other_near(self, time: int, server: str) -> str | None:
        """Give a server other than this one that logged such an event near a moment; None where none did."""
        times = self._in_order()
        at = bisect_left(times, (time - WINDOW, ""))
        if at < len(times) and times[at][1] == server:
            at = self._of_others[at]
        return times[at][1] if at < len(times) and times[at][0] <= time + WINDOW else None

    def after(self, time: int) -> int:
        """Give how many are later."""
        times = self._in_order()
        return len(times) - bisect_right(times, time, key=lambda each: each[0])


class Sightings:
    """What remote MTAs refused to callers with the address of one proxy."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, Row]] = []
        self._oldest: list[tuple[int, Row]] | None = None
        self._newest: list[Row] | None = None
        #: When the logs of those that refused callers end.
        self._ends: list[tuple[int, str]] | None = None
        self.moments = Moments()
        #: By server, since its own log says nothing of its own calls.
        self._of_server: dict[str, Moments] = {}
        #: The newest of the moments before which some are no longer known, since only so many are kept.
        self._known_from = 0
        self.clocks_known = True

    def add(self, row: Row, kind: Mapping[str, Any], clock: int | None) -> None:
        """Take a kind of events in."""
        times = moments_of(kind, clock)
        self._rows.append((seconds(kind["first"]) - (clock or 0), row))
        self.moments.add(times, row["remote"])
        self._of_server.setdefault(row["remote"], Moments()).add(times, row["remote"])
        self.clocks_known = self.clocks_known and clock is not None
        if kind["count"] > len(times):
            self._known_from = max(self._known_from, min(times))

    def newest(self) -> list[Row]:
        """Give all, the newest first."""
        if self._newest is None:
            self._newest = sorted((row for _first, row in self._rows), key=lambda row: row["last"], reverse=True)
        return self._newest

    def until(self, time: int) -> Iterator[Row]:
        """Give those that began before a moment, the oldest first."""
        if self._oldest is None:
            self._oldest = sorted(self._rows, key=lambda each: each[0])
        return (row for _first, row in takewhile(lambda each: each[0] <= time, self._oldest))

    def ended(self, time: int, server: str, reach: Reach) -> list[str]:
        """Give others that refused callers, and whose log ends before a moment."""
        if self._ends is None:
            spans = {name: span for name in self._of_server if (span := reach.get(name))}
            self._ends = sorted((span.end, name) for name, span in spans.items())
        found = takewhile(lambda each: each[0] <= time, self._ends)
        return list(islice((name for _end, name in found if name != server), MOST_NAMED))

    def since(self, time: int, server: str) -> tuple[int, bool]:
        """Give how many calls others than a server refused after a moment, and whether there may be more."""
        own = self._of_server.get(server)
        return self.moments.after(time) - (own.after(time) if own else 0), self._known_from > time


class Refusals:
    """The logs of all servers that were read."""

    def __init__(self, servers: Sequence[Server], proxies: Proxies, cluster: bool) -> None:
        self._proxies = proxies
        self.of_proxy: dict[Key, Sightings] = {}
        #: Callers whose address or name is no known proxy's, as it is told, and when each was refused last.
        self.other_callers: dict[str, str] = {}
        #: Refusals without an address, by their id, where no 9301 or 9322 of the same server is near.
        self.without_address = {code: Moments() for code in WITHOUT_ADDRESS}
        self.remotes: list[dict[str, Any]] = []
        self.causes: set[str] = set()
        #: Of the logs that were read: the servers, and those whose silence says nothing, or may; cut: those that
        #: have lost records, or more kinds of events than are kept.
        self.read: set[str] = set()
        self.blind: set[str] = set()
        self.unknown_build: set[str] = set()
        self.cut: set[str] = set()
        self.reach = Reach()
        for server in servers:
            if server["events"]:
                self._take(server["name"], server["events"], cluster)

    def _take(self, name: str, events: Events, cluster: bool) -> None:
        blind = may_be_blind(events["build"]) if events["build"] else None
        rows = [self._row(name, kind, events, cluster) for kind in events["refused"]]
        rows.sort(key=lambda row: (row["proxy"] is not None, row["last"]), reverse=True)
        self.remotes.append(
            {
                "name": name,
                **{key: events[key] for key in OF_REMOTE},
                "blind": blind,
                "refused": rows[:MOST_ROWS],
                "refused_left_out": len(rows[MOST_ROWS:]),
                "other_callers": sum(_is_of_another(row) for row in rows),
            }
        )
        self._take_without_address(name, events)
        if was_read(events):
            self.read.add(name)
            self.blind |= {name} if blind else set()
            self.unknown_build |= {name} if blind is None else set()
            self.cut |= {name} if events["kinds_left_out"] or events["lost"] else set()
        # One that logged the proxy's address is not blind, whatever its build.
        logged = any(row["proxy"] for row in rows)
        self.reach.add(name, events, not blind or logged, (blind is None and not logged) or name in self.cut)

    def _row(self, remote: str, kind: Mapping[str, Any], events: Events, cluster: bool) -> Row:
        key = self._proxies.called(kind["ipv4"], kind["name"])
        proxy = self._proxies.get(key) if key is not None else None
        causes = causes_of(kind, events["build"], proxy is not None, cluster)
        self.causes |= set(causes)
        row = {
            "remote": remote,
            **{name: kind[name] for name in OF_ROW},
            "proxy": proxy["address"] if proxy else None,
            "guess": bool(proxy and proxy["guess"]),
            "fits": [],
            "fits_left_out": 0,
            "other_causes": causes,
        }
        if _is_of_another(row):
            caller = caller_of(row)
            self.other_callers[caller] = max(self.other_callers.get(caller, ""), row["last"])
        if key is not None:
            self.of_proxy.setdefault(key, Sightings()).add(row, kind, events["clock"])
        return row

    def _take_without_address(self, name: str, events: Events) -> None:
        """Take them in where no event with an address is near, as behind a firewall, or of a build that logs none."""
        with_address = Moments()
        for kind in events["refused"]:
            if kind["id"] in (NOT_FOUND, RPC_REFUSED) and caller_of(kind):
                with_address.add(moments_of(kind, events["clock"]), name)
        for kind in events["refused"]:
            if kind["id"] in WITHOUT_ADDRESS:
                times = moments_of(kind, events["clock"])
                self.without_address[kind["id"]].add(
                    [time for time in times if not with_address.other_near(time, "")], name
                )

    def other_without_address(self, code: int, time: int, server: str) -> str | None:
        """Give another server that refused without an address near a moment when this one logged a failed call."""
        known = (self.without_address[refused] for refused, failed in WITHOUT_ADDRESS.items() if code in failed)
        return next((name for each in known if (name := each.other_near(time, server))), None)

    def others(self, server: str) -> dict[str, int]:
        """Give how many logs of others were read, and of how many of these the silence says less than of the rest."""
        logs = {"read": self.read, "blind": self.blind, "unknown_build": self.unknown_build, "cut": self.cut}
        return {f"logs_{what}": len(names) - (server in names) for what, names in logs.items()}


def was_read(log: Mapping[str, Any]) -> bool:
    """Tell whether anything could be read of a log; an empty one was read whole."""
    return bool(log["newest"] or log["whole"])


def has_proxy(remote: Mapping[str, Any]) -> bool:
    """Tell whether a server refused a caller with the proxy's address."""
    return any(row["proxy"] for row in remote["refused"])


def caller_of(row: Mapping[str, Any]) -> str:
    """Give the address of an event in all readings; empty where it has none."""
    return " or ".join(cut(text, LONGEST_NAME) for text in (row["ipv4"], row["name"]) if text)


def _is_of_another(row: Row) -> bool:
    return row["proxy"] is None and bool(row["ipv4"] or row["name"])


def _next_of_others(servers: Sequence[str]) -> list[int]:
    """Give for each place the next that has another server; that behind the last where there is none."""
    found = [len(servers)] * len(servers)
    for at in range(len(servers) - 2, -1, -1):
        found[at] = at + 1 if servers[at + 1] != servers[at] else found[at + 1]
    return found


def moments_of(kind: Mapping[str, Any], clock: int | None) -> list[int]:
    """Give when events of a kind were logged, by the controller's clock where the server's is known, newest first."""
    return [seconds(time) - (clock or 0) for time in kind["times"] or [kind["last"]]]


def times_of(kinds: Sequence[Mapping[str, Any]], clock: int | None) -> Iterator[tuple[int, int]]:
    """Give the id and the moment of each event of several kinds."""
    for kind in kinds:
        yield from ((kind["id"], time) for time in moments_of(kind, clock))
