# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event log tells, as plain data. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from .._detect.wording import moment
from .._events.mta import NOT_FOUND

if TYPE_CHECKING:
    from .._events.observed import Moment, Observed, Occurred
    from .._events.source import Extent


def logged(events: Observed, levels: Mapping[str, int] | None, version: str | None) -> dict[str, Any]:
    """Give what `emsmta_info` returns of an event log.

    version: of the MTA's program file, as four numbers; None where it is not known.
    """
    # A log may be too short for the start of an MTA that runs for months.
    build = events.build or (".".join(version.split(".")[2:]) if version else None)
    return {
        "started": at(events.started),
        "stopped": at(events.stopped),
        "build": build,
        "refused": [_kind(each) for each in events.refused],
        "seen": [_kind(each) for each in events.seen],
        "log": _log(events.extent),
        "newest": at(events.newest),
        "read_to": at(events.read_to),
        "whole": events.whole,
        "levels": dict(levels) if levels is not None else None,
        "clock": events.clock,
        "fault": events.fault,
        "kinds_left_out": events.kinds_left_out,
        "set_back": events.set_back,
    }


def at(when: Moment | None) -> dict[str, Any] | None:
    """Give when a record was logged, and its number."""
    return {"record": when.record, "time": moment(when.time)} if when is not None else None


def _log(extent: Extent) -> dict[str, Any]:
    oldest = extent.oldest_time
    return {**extent._asdict(), "oldest_time": moment(oldest) if oldest is not None else None}


def _kind(occurred: Occurred) -> dict[str, Any]:
    code, about, address = occurred.kind
    # Another event than 9301 has the address as a text.
    digits = address.logged if address is not None and code == NOT_FOUND else None
    return {
        "id": code,
        "about": about,
        "hex": digits,
        "ipv4": address.ipv4 if address is not None else None,
        "name": address.name if address is not None else None,
        "count": occurred.count,
        "first": moment(occurred.oldest.time),
        "last": moment(occurred.newest.time),
        "record": occurred.newest.record,
        "times": [moment(time) for time in occurred.times],
    }


__all__ = ("at", "logged")
