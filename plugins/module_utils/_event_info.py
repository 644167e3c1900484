# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The procedure of `mta_event_info`: read an event log from its newest record back, and tell.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence

from ._detect.evidence import Gap
from ._detect.levels import levels_of
from ._detect.look import Hints, Look
from ._detect.system_ini import find_system_ini
from ._detect.wording import moment
from ._errors import UserError
from ._events.mta import NOT_FOUND, REFUSED, Address, address_of
from ._events.observed import Behind, Observed, Observer
from ._events.record import Record
from ._events.source import EventSource, Extent
from ._local.event_log import DriveEventLog
from ._local.files import DriveFiles
from ._local.registry import DriveRegistry
from ._options.mta_event_info import EventRequest
from ._server.errors import ServerError
from ._server.protocols import Registry
from ._server.text import cut
from ._verdict.logged import at

# The lists of the result that the option `limit` and the form of a record bound, and not the gate.
WHOLE = ("events", "events.strings")
# MS-EVEN section 2.2.2: the types of an event, in the words of the Event Viewer.
TYPES = {0: "success", 1: "error", 2: "warning", 4: "information", 8: "success audit", 16: "failure audit"}
# In characters.
LONGEST_MESSAGE = 200
# For the words of a cut.
ROOM = 20


class _Reading(NamedTuple):
    """What was read. records: how many, of any kind. more: it ended at the limit, though a record was left.

    fault: why reading could not go on; None where it could.
    """

    events: Sequence[Record]
    observed: Observed
    records: int
    more: bool
    fault: str | None


def log_on_drives(request: EventRequest) -> tuple[DriveEventLog, DriveRegistry]:
    """Give the event log of visible drives, and the registry beside it.

    Raises ServerError where the system folder cannot be told.
    """
    files = DriveFiles(request.drives)
    root = request.system_root or _system_root(files, request.log)
    registry = DriveRegistry(files, root)
    return DriveEventLog(files, root, registry, request.log), registry


def _system_root(files: DriveFiles, log: str) -> str:
    look = Look(files, Hints())
    root = find_system_ini(look).root
    if root is None:
        why = "; ".join(gap.reason for gap in look.gaps)
        raise ServerError(f"Error while looking for event log {log}: the system folder is not known: {why}")
    return root


def event_info(source: EventSource, request: EventRequest, registry: Registry) -> dict[str, Any]:
    """Read a log as far back as it was asked for, and give the result as Ansible returns it.

    Args:
        source: the log.
        request: which events are wanted.
        registry: of the same server; only asked where no event says that a caller was refused.

    Raises:
        ServerError: nothing of the log can be read.
        ConnectionLost: the server no longer answers.
    """
    reading = _read(source, request)
    gaps = [] if reading.fault is None else [Gap(source.name, reading.fault)]
    extent = _extent(source, gaps)
    levels = _levels(registry, gaps) if _is_silent(reading.events, request) else None
    if source.doubt is not None:
        gaps.append(Gap("registry", source.doubt))
    observed = reading.observed
    result = {
        "changed": False,
        "msg": _sentence(reading, request),
        "events": [_event(record) for record in reading.events],
        "started": at(observed.started),
        "stopped": at(observed.stopped),
        "build": observed.build,
        "addresses": _addresses(reading.events),
        "log": _log(extent, observed),
        "read_to": at(observed.read_to),
        "levels": levels,
        "not_read": [gap._asdict() for gap in dict.fromkeys(gaps)],
    }
    if reading.more:
        result["left_out"] = [f"events: {len(reading.events)} were asked for, and older ones may be in the log"]
    return result


def _read(source: EventSource, request: EventRequest) -> _Reading:
    observer, behind = Observer(), Behind()
    events: list[Record] = []
    since = request.since
    fault: str | None = None
    more = whole = False
    try:
        for record in source.newest_first():
            observer.take(record)
            if request.span is not None and since is None:
                since = record.time_generated - request.span
            # An event may be written long after it came, so the time of writing tells that no later one follows.
            is_too_old = since is not None and max(record.time_generated, record.time_written) < since
            if behind.take(is_too_old):
                break
            if is_too_old:
                continue
            more = len(events) >= request.limit
            if more:
                break
            if request.wants(record) and (since is None or record.time_generated >= since):
                events.append(record)
        else:
            whole = True
    except UserError as error:
        if observer.newest is None:
            raise ServerError(_told(source.name, error)) from error
        fault = str(error)
    return _Reading(events, observer.observed(fault, whole), observer.count, more, fault)


def _told(name: str, error: UserError) -> str:
    text = str(error)
    return text if name in text else f"Error while reading {name}: {text}"


def _extent(source: EventSource, gaps: list[Gap]) -> Extent:
    try:
        return source.extent()
    except UserError as error:
        gaps.append(Gap(source.name, str(error)))
        return Extent(lost=source.lost)


def _is_silent(events: Sequence[Record], request: EventRequest) -> bool:
    """Tell whether none of the events says that a caller was refused, though such were asked for; or there is none."""
    return not events or (not request.ids.isdisjoint(REFUSED) and not any(record.code in REFUSED for record in events))


def _levels(registry: Registry, gaps: list[Gap]) -> dict[str, int] | None:
    try:
        return levels_of(registry)
    except UserError as error:
        gaps.append(Gap("registry", str(error)))
        return None


def _event(record: Record) -> dict[str, Any]:
    return {
        "id": record.code,
        "time": moment(record.time_generated),
        "type": TYPES.get(record.event_type, f"type {record.event_type}"),
        "category": record.event_category,
        "computer": record.computer_name,
        "strings": list(record.strings),
        "record": record.record_number,
    }


def _addresses(events: Sequence[Record]) -> list[dict[str, Any]]:
    """Give each address of the events 9301 once, the one of the newest first; the case of its digits says nothing."""
    counted: dict[str, list[Address]] = {}
    for record in events:
        address = address_of(record) if record.code == NOT_FOUND else None
        if address is not None:
            counted.setdefault(address.logged.upper(), []).append(address)
    return [
        {"hex": digits, "ipv4": same[0].ipv4, "name": same[0].name, "count": len(same)}
        for digits, same in counted.items()
    ]


def _log(extent: Extent, observed: Observed) -> dict[str, Any]:
    return {
        "records": extent.records,
        "oldest": _oldest(extent, observed),
        "newest": at(observed.newest),
        "wrapped": extent.wrapped,
        "clean": extent.clean,
        "lost": extent.lost,
    }


def _oldest(extent: Extent, observed: Observed) -> dict[str, Any] | None:
    """Give the oldest record of the log; where the log was read to its end, the last one that was read is it."""
    read = observed.read_to if observed.whole else None
    if read is not None and extent.oldest in (None, read.record):
        return at(read)
    if extent.oldest is None:
        return None
    return {"record": extent.oldest, "time": None if extent.oldest_time is None else moment(extent.oldest_time)}


def _sentence(reading: _Reading, request: EventRequest) -> str:
    """Give the result in one sentence of at most LONGEST_MESSAGE characters."""
    observed = reading.observed
    if observed.newest is None or observed.read_to is None:
        return cut(f"event log {request.log} is empty", LONGEST_MESSAGE - ROOM)
    if not reading.events and request.since is not None and request.since > observed.newest.time:
        return f"no event, since the newest record of {request.log} is of {moment(observed.newest.time)}"
    last = observed.stopped or observed.started
    state = f"; the MTA {'stopped' if observed.stopped else 'started'} at {moment(last.time)}" if last else ""
    found = f"{_counted(len(reading.events), 'event')} of {request.source}"
    read = f"{_counted(reading.records, 'record')} of {request.log}, back to {moment(observed.read_to.time)}"
    return cut(f"{found} among {read}{state}", LONGEST_MESSAGE - ROOM)


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count <= 1 else 's'}"


__all__ = ("WHOLE", "event_info", "log_on_drives")
