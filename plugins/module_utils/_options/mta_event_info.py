# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of `mta_event_info`: their argument spec, and what they ask for once checked.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any, Mapping, NamedTuple, Sequence

from .._errors import OptionError
from .._events.mta import IDS, SOURCE
from .._events.record import Record
from .._events.source import APPLICATION
from .drives import drives_from
from .emsmta_info import folder_from

LIMIT, HIGHEST_LIMIT = 1000, 100_000
HIGHEST_ID = 0xFFFF
# In characters: of a name of the registry, general knowledge.
LONGEST_NAME = 255
# As it is written, and as Ansible hands on what YAML takes for a time.
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:Z|\+00:00)?)?", re.ASCII)
SPAN = re.compile(r"(\d{1,6}) ?(m|min|minutes?|h|hours?|d|days?)", re.ASCII | re.IGNORECASE)
SECONDS = {"m": 60, "h": 3600, "d": 24 * 3600}


class EventRequest(NamedTuple):
    """The events that `mta_event_info` was asked for.

    drives: folders of the visible drives by letter, none over SMB. system_root: the system folder
    there, where the user knows it. log: the name of the log. source: who logged the events, blind
    to case. ids: their codes. since: no event before it, in seconds since 1970, UTC. span: none of so
    many seconds before the newest record. limit: the most events to give.
    """

    drives: Mapping[str, str]
    system_root: str | None
    log: str
    source: str
    ids: frozenset[int]
    since: int | None
    span: int | None
    limit: int

    def wants(self, record: Record) -> bool:
        """Tell whether a record is of this source and has one of these codes, whenever it was logged."""
        return record.code in self.ids and record.source_name.lower() == self.source.lower()


def mta_event_info_spec() -> dict[str, dict[str, Any]]:
    """Give the argument spec."""
    return {
        "drives": {"type": "dict"},
        "system_root": {"type": "str"},
        "log": {"type": "str", "default": APPLICATION},
        "source": {"type": "str", "default": SOURCE},
        "ids": {"type": "list", "elements": "int", "default": list(IDS)},
        "since": {"type": "str"},
        "limit": {"type": "int", "default": LIMIT},
    }


def event_request_from(options: Mapping[str, Any]) -> EventRequest:
    """Check the options for visible drives, as the argument spec leaves them; raise OptionError."""
    return _request(options, drives_from(options["drives"]))


def event_request_over_smb(options: Mapping[str, Any]) -> EventRequest:
    """Check the options for a server behind SMB, as the argument spec leaves them; raise OptionError."""
    if options["drives"] or options["system_root"]:
        raise OptionError(
            "drives: over SMB the server itself gives its event log; leave 'drives' and 'system_root' out"
        )
    return _request(options, {})


def _request(options: Mapping[str, Any], drives: Mapping[str, str]) -> EventRequest:
    since, span = _since(options["since"])
    return EventRequest(
        drives=drives,
        system_root=folder_from("system_root", options["system_root"]),
        log=_name("log", options["log"], APPLICATION),
        source=_name("source", options["source"], SOURCE),
        ids=_ids(options["ids"]),
        since=since,
        span=span,
        limit=_limit(options["limit"]),
    )


def _name(option: str, name: str, default: str) -> str:
    if not name.strip():
        raise OptionError(f"{option}: it is empty; leave it out for {default}")
    if len(name) > LONGEST_NAME or not name.isprintable() or "\\" in name:
        raise OptionError(
            f"{option}: {name[:LONGEST_NAME]!r} is no name of an event {option}; write it as the Event Viewer shows "
            f"it, such as {default}"
        )
    return name


def _ids(ids: Sequence[int] | None) -> frozenset[int]:
    if not ids:
        raise OptionError("ids: it is empty; leave it out for the events that tell of the fault")
    wrong = next((each for each in ids if not 0 <= each <= HIGHEST_ID), None)
    if wrong is not None:
        raise OptionError(
            f"ids: {wrong} is no id of an event; write it as the Event Viewer shows it, from 0 to {HIGHEST_ID}"
        )
    return frozenset(ids)


def _limit(limit: int) -> int:
    if not 1 <= limit <= HIGHEST_LIMIT:
        raise OptionError(f"limit: {limit} is not from 1 to {HIGHEST_LIMIT}")
    return limit


def _since(since: str | None) -> tuple[int | None, int | None]:
    """Give the time, or the span, in seconds; neither where nothing is given."""
    if not since:
        return None, None
    span = SPAN.fullmatch(since)
    if span and int(span.group(1)):
        return None, int(span.group(1)) * SECONDS[span.group(2)[0].lower()]
    moment = _moment(since)
    if moment is None:
        raise OptionError(
            f"since: {since[:LONGEST_NAME]!r} is neither a time in UTC, such as 2003-03-01T08:00:00Z or 2003-03-01, "
            "nor a span back from the newest record, such as '1 hour', '90 minutes' or '7 days'"
        )
    return moment, None


def _moment(text: str) -> int | None:
    """Give a time in seconds since 1970; None for what is no time."""
    found = TIME.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return int(datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc).timestamp())
    except ValueError:
        return None


__all__ = ("EventRequest", "event_request_from", "event_request_over_smb", "mta_event_info_spec")
