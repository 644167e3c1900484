# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the running MTA has read the fix, by its log and by the file's time. Pure.

PRIVATE to the collection: no part of this file is a public interface.

A look can prove that it has. It cannot prove that it has not: a refresh that writes the same
again makes the file newer than a start that read the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .._detect.events import HOUR
from .._detect.evidence import INFERRED, UNKNOWN, Evidence, Written
from .._detect.wording import moment
from .._events.observed import Moment, Observed
from .doubts import Reason

if TYPE_CHECKING:
    # Python 3.7 has no Literal.
    from typing import Literal  # novm

    InForce = Literal["yes", "no", "unknown"]

YES: InForce = "yes"
# In seconds: clocks are set back by less in passing, as by a time service.
MINUTE = 60
AS_READ = "it is taken to read the file when it starts (by analogy with KB Q181847 and Q178532)"


class Answer(NamedTuple):
    """Whether the running MTA has read the fix, and why that is so, or is not known."""

    in_force: InForce
    reason: Reason


def in_force(evidence: Evidence, events: Observed) -> Answer:
    """Tell whether the running MTA of a protected server has read the fix.

    Args:
        evidence: of the server, with the last change of what decides.
        events: what its log tells.
    """
    if evidence.system.cluster:
        # A cluster may write the events of one node into the logs of all: general knowledge.
        return _unknown("this is a node of a cluster, and the MTA may run on another, which reads a file of its own")
    if events.extent.may_lack_newest:
        lost = events.extent.lost
        if lost is None:
            return _unknown("no mark in the event log tells which record is the newest, so newer ones may be missing")
        return _unknown(f"not all records of the event log can be read (lost: {lost}), perhaps not the newest")
    if events.stopped is not None:
        return Answer(UNKNOWN, stopped_at(moment(events.stopped.time)))
    if events.started is None:
        return _unknown(_without_start(events))
    return _by_time(evidence.written, events.started, events.set_back)


def stopped_at(time: str) -> Reason:
    """Say that the MTA is not running, as its log has it that it was stopped at this time."""
    message = f"the MTA was stopped at {time} and has logged no start since; {AS_READ}"
    return Reason("mta_stopped", message, "Q174695", INFERRED)


def _by_time(written: Written | None, started: Moment, set_back: int) -> Answer:
    start = f"the MTA was started at {moment(started.time)}"
    if written is None:
        return _unknown(
            f"{start}, and no time of the file is known that the same clock tells: on visible drives, times are those "
            "of another machine's clock"
        )
    file = f"{written.entry.windows} was last changed at {moment(written.time)}"
    if started.time <= written.time:
        return _unknown(
            f"{file}, and {start}, which is not later: that change may have been a refresh that wrote the same again, "
            "or have changed what Windows reads"
        )
    if not written.in_utc and started.time - written.time <= HOUR:
        return _unknown(
            f"{start}, at most an hour after {file}: its volume may keep local time, as FAT does, which may be off by "
            "that"
        )
    if set_back > MINUTE or (set_back and started.time - written.time <= MINUTE):
        return _unknown(
            f"{start}, after {file}, but by the times in the log the server's clock was set back about that start, by "
            f"{set_back} s"
        )
    return Answer(YES, Reason("mta_read_fix", f"{start}, after {file}; {AS_READ}", "Q174695", INFERRED))


def _without_start(events: Observed) -> str:
    """Say why the log tells of no start."""
    if events.fault is not None:
        return f"no start of the MTA was found in its log, which could not be read to its end: {events.fault}"
    if events.read_to is None:
        return "the event log is empty"
    if events.whole:
        return f"the event log tells of no start of the MTA, and reaches back to {moment(events.read_to.time)} only"
    return f"no start of the MTA was found in its log back to {moment(events.read_to.time)}; no more of it was read"


def _unknown(why: str) -> Answer:
    message = f"whether the running MTA has read the fix is not known: {why}"
    return Answer(UNKNOWN, Reason("in_force_unknown", message, "", INFERRED))


__all__ = ("Answer", "in_force", "stopped_at")
