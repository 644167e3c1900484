# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look told of a server's event log, as far as it has the shape of that. Pure.

PRIVATE to the collection: no part of this file is a public interface.

Times are those of the server's own clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ...module_utils._events.source import Extent
from ...module_utils._server.text import MOST_ITEMS
from .shape import TEXT_OR_NONE, TIME, Maybe, Misfit, Number, Shape, items_taken, taken

Events = dict[str, Any]
LARGEST = 2**32 - 1
# Of the clocks of two computers: one that is off by more than some years tells no time.
MOST_SECONDS = 10**9
MOMENT: Shape = {"record": Number(0, LARGEST), "time": TIME}
KIND: Shape = {
    "id": Number(0, 0xFFFF),
    "about": TEXT_OR_NONE,
    "hex": TEXT_OR_NONE,
    "ipv4": TEXT_OR_NONE,
    "name": TEXT_OR_NONE,
    "count": Number(1, LARGEST),
    "first": TIME,
    "last": TIME,
    "record": Number(0, LARGEST),
    "times": [TIME],
}
PARTS: Mapping[str, Shape] = {
    "started": Maybe(MOMENT),
    "stopped": Maybe(MOMENT),
    "build": re.compile(r"(?:[0-9]{3,5}\.[0-9]{1,5})?"),
    "newest": Maybe(MOMENT),
    "read_to": Maybe(MOMENT),
    "whole": bool,
    "levels": Maybe({str: Maybe(Number(0, LARGEST))}),
    "clock": Maybe(Number(-MOST_SECONDS, MOST_SECONDS)),
    "fault": TEXT_OR_NONE,
    "kinds_left_out": Number(0, LARGEST),
    "set_back": Number(0, LARGEST),
}
LOG: Mapping[str, Shape] = {"lost": Maybe(Number(0, LARGEST)), "clean": Maybe(bool)}


def events_of(value: object) -> Events | None:
    """Give the events of a look; None where none were gathered.

    A part that has another shape counts as not known, and an item of a list is left out.
    """
    if not isinstance(value, Mapping):
        return None
    events: Events = {key: _part(value.get(key), shape) for key, shape in PARTS.items()}
    events |= {"whole": bool(events["whole"]), **{key: events[key] or 0 for key in ("kinds_left_out", "set_back")}}
    log = _part(value.get("log"), LOG, dict.fromkeys(LOG))
    events["lost"] = Extent(**log).may_lack_newest
    events |= {key: items_taken(value.get(key), KIND) for key in ("refused", "seen")}
    return events


def seconds(time: str) -> int:
    """Give a time as seconds since 1970."""
    # A large fleet has a million of them, for which strptime takes a minute.
    return int(datetime.fromisoformat(time[:-1]).replace(tzinfo=timezone.utc).timestamp())


def _part(value: object, shape: Shape, otherwise: Any = None) -> Any:
    try:
        return taken(value, shape, "", MOST_ITEMS)
    except Misfit:
        return otherwise
