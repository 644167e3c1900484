# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event log of a server tells of its MTA, and when the file that decides was last changed.

PRIVATE to the collection: no part of this file is a public interface.

It is the last that is read of a server: whatever goes wrong here costs the events alone.
"""

from __future__ import annotations

from typing import Callable, Optional

from .._errors import UserError
from .._events.observed import Observed, observe
from .._events.source import EventSource
from .._server.errors import ConnectionLost
from .._server.protocols import Entry, Registry
from .evidence import Evidence, Written
from .levels import DIAGNOSTICS, levels_of
from .look import Look

# Opens the application log of a server whose system folder is at this Windows path, or not known, with its registry,
# where that is read.
OpenLog = Callable[[Optional[str], Optional[Registry]], EventSource]
LOG = "event log Application"
# In seconds: FAT keeps local time, which may have been summer time when the file was written, and winter time since.
HOUR = 3600


def with_events(look: Look, evidence: Evidence, system_root: str | None, open_log: OpenLog) -> Evidence:
    """Add what the event log tells; why it does not becomes a gap, and is never raised."""
    try:
        evidence = evidence._replace(levels=_levels(look))
        source = open_log(system_root, look.registry)
        observed = observe(source)
        if source.doubt is not None:
            look.gap("registry", source.doubt)
    except (UserError, ConnectionLost) as error:
        observed = _nothing(str(error))
    if observed.fault is not None:
        look.gap(LOG, observed.fault)
    return evidence._replace(events=observed, written=_written(look, evidence, observed))


def _nothing(fault: str) -> Observed:
    return Observed(None, None, None, (), (), None, None, whole=False, fault=fault)


def _written(look: Look, evidence: Evidence, observed: Observed) -> Written | None:
    """Give the last change of what decides; its volume is asked for only where that would change the answer."""
    files = look.files
    times = [(files.written(entry), entry) for entry in _deciding(evidence)]
    if not times or any(time is None for time, _entry in times):
        return None
    newest_first = sorted((Written(entry, time or 0) for time, entry in times), key=lambda each: -each.time)
    started = observed.started.time if observed.started is not None else None
    if started is None or observed.stopped is not None or started <= newest_first[0].time:
        return newest_first[0]
    # Of two files, the older one may be the later, where its volume keeps local time.
    near = (each for each in newest_first if started - each.time <= HOUR and not _keeps_utc(look, each.entry))
    local = next(near, None)
    return newest_first[0] if local is None else local._replace(in_utc=False)


def _deciding(evidence: Evidence) -> list[Entry]:
    """Give the files whose change may have changed what Windows reads: a Wspcfg.ini may have lost its section."""
    decides, wspcfg = evidence.decides, evidence.wspcfg
    if decides is None or not decides.protects:
        return []
    return [decides.entry, *([wspcfg.entry] if wspcfg is not None and wspcfg is not decides else [])]


def _keeps_utc(look: Look, entry: Entry) -> bool:
    try:
        return look.attempt(f"file system of {entry.windows}", lambda: look.files.keeps_utc(entry)) or False
    except ConnectionLost as error:
        look.gap(f"file system of {entry.windows}", str(error))
        return False


def _levels(look: Look) -> dict[str, int] | None:
    registry = look.registry
    if registry is None:
        return None
    return look.attempt(f"HKLM\\{DIAGNOSTICS}", lambda: levels_of(registry))


__all__ = ("HOUR", "OpenLog", "with_events")
