# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the running MTA has read the fix, as far as earlier reports help to tell. Pure.

PRIVATE to the collection: no part of this file is a public interface.

A look alone knows when the MTA started and when the file was last written. Only reports know what the file said
before: an MTA that started while it did not hold the fix, and that has not been started since, runs without it. What is
not known for sure stays unknown, since a wrong word sends people to restart an MTA, or keeps them from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ...module_utils._detect.wording import moment
from ...module_utils._verdict.in_force import MINUTE
from ...module_utils._verdict.risks import answered
from .events import MOMENT, Events, seconds
from .servers import EXPOSED, NOT_APPLICABLE, PROTECTED, Server, is_on_cluster
from .shape import TIME_OR_NONE, Maybe, Shape

Moment = Mapping[str, Any]
# In seconds. By the controller's clock and the server's, two moments are told apart when so much lies between them:
# the clock of a server is read to the second, and the answer may be late.
APART = 120
# A run is taken to be over within a day, so a look is not older than that when it is reported.
LONGEST_RUN = 24 * 3600
# Of a look, why it does not know.
UNKNOWN_BY_LOOK, STOPPED = "in_force_unknown", "mta_stopped"
READ_BY_LOOK = "mta_read_fix"
NOT_RESTARTED = "mta_not_restarted_since"
# What a report has of each server for the next one.
STARTS: Mapping[str, Shape] = {
    "started": Maybe(MOMENT),
    "exposed_at": TIME_OR_NONE,
    "exposed_start": Maybe(MOMENT),
    "protected_before": TIME_OR_NONE,
    "read_fix": Maybe(MOMENT),
    "read_other": Maybe(MOMENT),
    "doubtful": Maybe(MOMENT),
}


class Starts(NamedTuple):
    """What reports know of the starts of a server's MTA; a start is the record of its event 9298 and its time.

    started: the newest that was seen.
    exposed_at: a moment at which, or after which, a report saw the server exposed, the last such.
    exposed_start: the newest start at that moment, for sure; None where that was not seen, or once it was protected.
    protected_before: when a report saw it protected before that: what an older start has read is not known then.
    read_fix: a start that has read the fix which the server still holds.
    read_other: a start that has read something else.
    doubtful: a start that has, as reports say, and has read the fix, as a later look says: what is true is not known.
    """

    started: Moment | None = None
    exposed_at: str | None = None
    exposed_start: Moment | None = None
    protected_before: str | None = None
    read_fix: Moment | None = None
    read_other: Moment | None = None
    doubtful: Moment | None = None


class Sight(NamedTuple):
    """How a run saw a server.

    verdict: the status as it was seen, and changed: whether the run changed its files.
    generated: when the run is reported, and compared_with: when the run before was, None where none was.
    last: the last verdict before this run, and last_seen: when that was.
    """

    verdict: str
    changed: bool
    generated: str
    compared_with: str | None
    last: str | None
    last_seen: str | None


def with_starts(server: Server, known: Starts, sight: Sight) -> Server:
    """Give a server with what is known of the starts of its MTA, and with `in_force` as far as that tells.

    Args:
        server: of the report, with its events and with `changed_at`.
        known: what the last report knew; of the same run where this one is behind a later batch of hosts.
        sight: how this run saw it.
    """
    events: Events | None = server["events"]
    # Of a log with lost records, the newest start may be among these; on a cluster, it may be that of another node.
    # A clock that was set back about it has given it a wrong time.
    sure = events and not events["lost"] and events["set_back"] <= MINUTE and not is_on_cluster(server)
    start = events["started"] if events and sure else None
    starts = _seen(known, start, server, sight)
    if start and server["in_force"] == "yes" and start in (starts.read_other, starts.doubtful):
        server, starts = {**server, "in_force": "unknown"}, starts._replace(doubtful=start)
    starts = starts._replace(
        started=(events and events["started"]) or known.started,
        read_fix=_read_fix(server, starts, start, sight),
        read_other=starts.read_other if server["in_force"] != "yes" else None,
    )
    told = {**server, **starts._asdict()}
    if server["in_force"] == "no" and starts.protected_before and (start is None or starts.read_other != start):
        return _perhaps_read(told, starts.protected_before)
    if sight.verdict != PROTECTED or server["in_force"] != "unknown" or is_stopped(server):
        return told
    if start and start == starts.doubtful:
        return _in_doubt(told, start)
    if start and _has_read_other(starts, start, events):
        return _not_read(told, start)
    return _has_read(told) if has_read_fix(told) else told


def is_stopped(server: Server) -> bool:
    """Tell whether the MTA was stopped when it was looked at: it will read what is there when it starts."""
    events: Events | None = server["events"]
    if events and events["stopped"] and not events["lost"] and not is_on_cluster(server):
        return True
    return any(reason["code"] == STOPPED for reason in server["reasons"])


def has_read_fix(server: Server) -> bool:
    """Tell whether the newest start that is known has read the fix, though a look may no longer see that."""
    return bool(server["read_fix"] and server["read_fix"] == server["started"])


def starts_of(server: Mapping[str, Any]) -> Starts:
    """Give what a server of an older report knows."""
    return Starts(**{key: server[key] for key in STARTS})


def controller_time(moment: Moment, events: Events) -> int | None:
    """Give a moment of a server by the controller's clock, in seconds; None where the server's clock is not known."""
    return None if events["clock"] is None else seconds(moment["time"]) - events["clock"]


def _seen(known: Starts, start: Moment | None, server: Server, sight: Sight) -> Starts:
    """Take in whether this run saw the server exposed, or protected."""
    if EXPOSED in (sight.verdict, server["status_before"]):
        return _exposed(known, start, sight)
    return known._replace(exposed_start=None) if sight.verdict == PROTECTED else known


def _exposed(known: Starts, start: Moment | None, sight: Sight) -> Starts:
    """Take in that a run saw the server exposed.

    The look itself has no time: it was before the report of this run, and after that of the run before. What the
    newest start has read is known where no report saw the server protected before, or where it came between two
    looks that both saw it exposed.
    """
    before = sight.last_seen if sight.last == PROTECTED else known.protected_before
    between = known.exposed_start and start and _is_later(start, known.exposed_start)
    sure = not before or between
    earliest = moment(seconds(sight.generated) - LONGEST_RUN)
    # A report of the future is one of another clock.
    compared_with = min(sight.compared_with or "", sight.generated)
    return known._replace(
        exposed_at=max(earliest, compared_with),
        exposed_start=start if sight.verdict == EXPOSED else None,
        protected_before=before,
        read_other=start if start and sure else known.read_other,
    )


def _read_fix(server: Server, starts: Starts, start: Moment | None, sight: Sight) -> Moment | None:
    """Give the start that has read the fix: as a look says, or since it came after the change and no look saw less."""
    if server["in_force"] == "yes" and sight.verdict == PROTECTED:
        return start or starts.started
    if sight.changed or EXPOSED in (sight.verdict, server["status_before"]) or sight.verdict == NOT_APPLICABLE:
        return None
    if start and sight.verdict == PROTECTED and server["changed_at"]:
        at = controller_time(start, server["events"])
        if at is not None and at >= seconds(server["changed_at"]) + APART:
            return start
    return starts.read_fix


def _has_read_other(starts: Starts, start: Moment, events: Events | None) -> bool:
    # A look that knew wins over what follows from other moments.
    if starts.read_fix == start or events is None:
        return False
    at = controller_time(start, events)
    by_time = at is not None and starts.exposed_at is not None and at <= seconds(starts.exposed_at) - APART
    if starts.read_other is not None:
        # Another start came after a report saw that one, whatever its time says: clocks are set.
        return starts.read_other == start
    return by_time and not starts.protected_before


def _not_read(server: Server, start: Moment) -> Server:
    """Give a server whose running MTA is known to have read something else, with the reason."""
    reason = {
        "code": NOT_RESTARTED,
        "message": f"The running MTA is taken not to have read the fix: it started at {start['time']} (event 9298, "
        f"record {start['record']}, by the server's clock), and a report saw the server exposed after that.",
        "source": "",
        "certainty": "inferred",
    }
    others = [each for each in server["reasons"] if each["code"] != UNKNOWN_BY_LOOK]
    risks = answered(server["risks"], f"{reason['message']} Restart it.", mitigated=False)
    return {**server, "in_force": "no", "reasons": [*others, reason], "risks": risks}


def _has_read(server: Server) -> Server:
    """Give a server of whose MTA an earlier report knew that it has read the fix, which a look may no longer see."""
    start = server["read_fix"]
    message = (
        f"The MTA was started at {start['time']} (event 9298, record {start['record']}, by the server's clock), and "
        "that start was seen to be later than the fix; no newer one is known."
    )
    return {**server, "risks": answered(server["risks"], message, mitigated=True)}


def _in_doubt(server: Server, start: Moment) -> Server:
    """Give a server whose file is older than the start that a report saw while the server was exposed.

    What decides was changed without a trace of that: as by deleting a Wspcfg.ini, or by a copy that keeps old times.
    """
    reason = {
        "code": UNKNOWN_BY_LOOK,
        "message": f"Whether the running MTA has read the fix is not known: it started at {start['time']} (event 9298, "
        f"record {start['record']}, by the server's clock), after the file was last written, but a report saw the "
        "server exposed when that start was the newest.",
        "source": "",
        "certainty": "inferred",
    }
    others = [each for each in server["reasons"] if each["code"] not in (READ_BY_LOOK, UNKNOWN_BY_LOOK)]
    risks = answered(server["risks"], f"{reason['message']} Restart it if not.", mitigated=False)
    return {**server, "reasons": [*others, reason], "risks": risks}


def _perhaps_read(server: Server, protected: str) -> Server:
    """Give a server that a run has fixed again, whose MTA may have read the fix before it was lost."""
    reason = {
        "code": UNKNOWN_BY_LOOK,
        "message": "Whether the running MTA has read the fix is not known: this run wrote it, but a report of "
        f"{protected} saw the server protected, and the MTA may have been started then.",
        "source": "",
        "certainty": "inferred",
    }
    risks = answered(server["risks"], f"{reason['message']} Restart it if not.", mitigated=False)
    return {**server, "in_force": "unknown", "reasons": [*server["reasons"], reason], "risks": risks}


def _is_later(one: Moment, other: Moment) -> bool:
    return seconds(one["time"]) > seconds(other["time"])
