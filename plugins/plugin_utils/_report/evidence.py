# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the fault shows: the event logs of a fleet, joined. Pure.

PRIVATE to the collection: no part of this file is a public interface.

A remote MTA that refuses a caller logs the address that it saw, which behind a proxy is the proxy's (KB Q254909). Which
of the computers behind that proxy called, it does not know: all of them fit. This is evidence, and no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any

from ...module_utils._detect.wording import moment
from .causes import CLUSTER, causes_told
from .events import Events, seconds
from .in_force import has_read_fix
from .proxies import Key, Proxies
from .refusals import MOST_NAMED, WINDOW, Refusals, Row, Sightings, times_of
from .sentences import BLIND, NONE, NOT_GATHERED, REFUSED, REFUSED_AND_SEEN, SEEN, SURE, in_words
from .servers import EXPOSED, NOT_APPLICABLE, NOT_LOOKED_AT, PROTECTED, UNKNOWN, Server, is_on_cluster, verdict_of

MOST_FITS, MOST_CALLERS = 10, 20
OF_SEEN = ("id", "about", "count", "first", "last", "record")
OF_REFUSED = ("remote", "id", "proxy", "guess", "count", "first", "last", "record")
NOBODY: Mapping[str, None] = MappingProxyType({})

Evidence = dict[str, Any]
# The names of servers by proxy, in the order of the report.
Fitting = Mapping[Key, Mapping[str, None]]


def evidence_of(servers: Sequence[Server], given: Sequence[str], check_mode: bool = False) -> Evidence | None:
    """Join the logs of a fleet.

    Args:
        servers: of the report, with their events.
        given: addresses or names under which remote MTAs know the proxy.
        check_mode: whether what a remedy would do to a server is a prediction.

    Returns:
        What speaks for each server, and what was read; None where no events were gathered.
    """
    if not any(server["events"] for server in servers):
        return None
    clients = [server for server in servers if _has_client(server)]
    proxies = Proxies(given, clients)
    clusters = {server["name"] for server in servers if is_on_cluster(server)}
    refusals = Refusals(servers, proxies, bool(clusters))
    fitting = _fitting(clients, proxies, _may_call)
    unsure = _fitting(clients, proxies, lambda server: _is_unsure(server) and not _may_call(server))
    for key, sightings in refusals.of_proxy.items():
        for row in sightings.newest():
            row["fits"], row["fits_left_out"] = _without(fitting.get(key, NOBODY), row["remote"])
    told = [
        _OfServer(server, proxies, refusals, (fitting, unsure), check_mode).told(server["name"] in clusters)
        for server in clients
        # Of what only an older report knows, this run has nothing to say; it may have called all the same.
        if server["status"] != NOT_LOOKED_AT
    ]
    callers = sorted(refusals.other_callers.items(), key=lambda each: each[1], reverse=True)
    return {
        "proxies": proxies.all(),
        "proxies_left_out": proxies.left_out(),
        "window": WINDOW,
        "logs_read": len(refusals.read),
        "other_callers": [{"address": caller, "last": last} for caller, last in callers[:MOST_CALLERS]],
        "other_callers_left_out": len(callers[MOST_CALLERS:]),
        "remotes": refusals.remotes,
        "servers": sorted(told, key=lambda each: SURE.index(each["sure"])),
        "other_causes": causes_told(refusals.causes | ({CLUSTER} if clusters else set())),
    }


def _has_client(server: Server) -> bool:
    if server["status"] in (EXPOSED, PROTECTED):
        return True
    return (_was_exposed(server) or _is_of_unknown_client(server)) and server["status"] != NOT_APPLICABLE


def _is_of_unknown_client(server: Server) -> bool:
    """Tell whether a server has a client with a proxy, of which it is not known what it does: as one of version 1.0."""
    return bool(server["status"] == UNKNOWN and server["proxy_servers"])


def _may_call(server: Server) -> bool:
    """Tell whether the MTA of a server may have called through the proxy, as far as that is known."""
    return _was_exposed(server) or _is_of_unknown_client(server) or (_is_unsure(server) and server["in_force"] == "no")


def _is_unsure(server: Server) -> bool:
    """Tell whether a server is protected, but its MTA is not known to have read that."""
    return bool(server["status"] == PROTECTED and server["in_force"] != "yes" and not has_read_fix(server))


def _was_exposed(server: Server) -> bool:
    """Tell whether a server is exposed, or was when a report saw it."""
    return EXPOSED in (server["status"], server["status_before"], server["last_status"]) or bool(server["exposed_at"])


def _fitting(clients: Sequence[Server], proxies: Proxies, fits: Callable[[Server], bool]) -> Fitting:
    """Give the servers behind each proxy that fit, in the order of the report."""
    found: dict[Key, dict[str, None]] = {}
    for server in clients:
        if fits(server):
            for key in proxies.of(server["name"]):
                found.setdefault(key, {})[server["name"]] = None
    return found


def _without(names: Mapping[str, None], name: str) -> tuple[list[str], int]:
    """Give the first of some names but one, and of how many more there are."""
    first = list(islice((each for each in names if each != name), MOST_FITS))
    return first, len(names) - (name in names) - len(first)


class _OfServer:
    """What speaks for one server."""

    def __init__(
        self, server: Server, proxies: Proxies, refusals: Refusals, fitting: tuple[Fitting, Fitting], check_mode: bool
    ) -> None:
        self._name, self._refusals = server["name"], refusals
        self._behind = proxies.of(self._name)
        self._known, self._of_any = proxies.known(self._behind), proxies.of_any()
        self._sightings = [each for key in self._behind if (each := refusals.of_proxy.get(key))]
        # Behind the proxies that were refused, those that were given before guesses; behind any where none was.
        refused = [key for key in self._behind if key in refusals.of_proxy]
        surest = [key for key in refused if not proxies.get(key)["guess"]] or refused or self._behind
        pairs = [(fitting[0].get(key, NOBODY), fitting[1].get(key, NOBODY)) for key in surest]
        #: Of the proxy behind which most fit: those that do, and those of which that is not known.
        self._fitting, self._unsure = max(pairs, key=lambda pair: len(pair[0]), default=(NOBODY, NOBODY))
        #: What counts is told of those that were given, where any was: what files name is told beside it.
        self._counted = [refusals.of_proxy[key] for key in surest if key in refusals.of_proxy]
        events: Events | None = server["events"]
        self._clock = events["clock"] if events else None
        self._logs = refusals.others(self._name)
        self._seen: list[dict[str, Any]] = events["seen"] if events else []
        self._protected = server["status"] == PROTECTED
        self._predicted = self._protected and verdict_of(server, check_mode) != PROTECTED
        self._in_force: str | None = server["in_force"]
        self._started = _start_with_fix(server)
        #: By the controller's clock, as far as it can be told; what came before speaks for the server as it was.
        self._fixed = seconds(self._started["time"]) - (self._clock or 0) if self._started else None

    def told(self, on_cluster: bool) -> Evidence:
        """Give it as data, and in words."""
        rows = self._rows()
        near, without_address = self._near()
        others, left_out = _without(self._fitting, self._name)
        back_to = self._refusals.reach.back_to(self._name)
        evidence = {
            "name": self._name,
            "sure": self._sure(bool(rows), near, without_address is not None),
            "guess": bool(rows) and all(row["guess"] for row in rows),
            "protected": self._protected,
            "predicted": self._predicted,
            "in_force": self._in_force,
            "proxies": self._known,
            "proxies_of_any": self._of_any,
            "refused": [{key: row[key] for key in OF_REFUSED} for row in rows],
            "seen": [{key: kind[key] for key in OF_SEEN} for kind in self._seen[:MOST_NAMED]],
            "seen_left_out": len(self._seen[MOST_NAMED:]),
            "at_those_moments": near if rows and self._seen else None,
            "without_address": without_address,
            "clocks_known": self._clocks_known(self._sightings),
            "others": others,
            "others_left_out": left_out,
            "others_unsure": len(self._unsure) - (self._name in self._unsure),
            **self._logs,
            "read_back_to": None if back_to is None else moment(back_to),
            "since_fix": self._since_fix(rows),
            "other_causes": sorted(
                {code for row in rows for code in row["other_causes"]} | ({CLUSTER} if on_cluster else set())
            ),
        }
        return {**evidence, "message": in_words(evidence)}

    def _rows(self) -> list[Row]:
        """Give some refusals by others, the newest; for one that has read the fix, the oldest, from before that.

        Those with an address that was given come first: what files name is a guess.
        """
        found: list[Row] = []
        for sightings in self._sightings:
            rows = sightings.newest() if self._fixed is None else sightings.until(self._fixed)
            found += islice((row for row in rows if row["remote"] != self._name), MOST_NAMED)
        return sorted(found, key=lambda row: (not row["guess"], row["last"]), reverse=True)[:MOST_NAMED]

    def _near(self) -> tuple[bool, str | None]:
        """Tell whether it logged calls when others refused the proxy, or who refused one without telling an address."""
        near, without_address = False, None
        for code, time in times_of(self._seen, self._clock):
            if self._fixed is None or time <= self._fixed:
                near = near or any(each.moments.other_near(time, self._name) for each in self._counted)
                without_address = without_address or self._refusals.other_without_address(code, time, self._name)
        return near, without_address

    def _sure(self, refused: bool, near: bool, without_address: bool) -> str:
        if refused:
            return REFUSED_AND_SEEN if near else REFUSED
        if self._seen or without_address:
            return SEEN
        read, blind = self._logs["logs_read"], self._logs["logs_blind"]
        return (BLIND if blind == read else NONE) if read else NOT_GATHERED

    def _since_fix(self, rows: Sequence[Row]) -> dict[str, Any] | None:
        """Tell what was refused since it started with the fix, as far as the logs of others reach."""
        if self._started is None or self._fixed is None:
            return None
        counts = [each.since(self._fixed, self._name) for each in self._counted]
        reach = self._refusals.reach
        before = [row["remote"] for row in rows]
        whole, partly = reach.after(self._fixed, self._name)
        named = reach.some_after(self._fixed, self._name, before)
        ended = dict.fromkeys(name for each in self._counted for name in each.ended(self._fixed, self._name, reach))
        return {
            "started": self._started,
            "refused": sum(count for count, _more in counts),
            "or_more": any(more for _count, more in counts),
            "logs": whole,
            "logs_partly": partly,
            "as_of": [
                {"name": name, **span.newest, "read_to": span.read_to if span.begin > self._fixed else None}
                for name, span in named.items()
            ],
            "ended": list(ended)[:MOST_NAMED],
            "sure": not ended and any(span.begin <= self._fixed and not span.in_doubt for span in named.values()),
            "clocks_known": self._clocks_known(self._counted) and all(span.clock_known for span in named.values()),
        }

    def _clocks_known(self, sightings: Sequence[Sightings]) -> bool:
        return self._clock is not None and all(each.clocks_known for each in sightings)


def _start_with_fix(server: Server) -> dict[str, Any] | None:
    """Give the start of a protected server's MTA that has read the fix; None where none is known to have."""
    if server["status"] != PROTECTED or not (server["in_force"] == "yes" or has_read_fix(server)):
        return None
    started: dict[str, Any] | None = server["started"]
    return started
