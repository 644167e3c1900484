# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the MTA has read the fix, by what its log holds and by when the file was changed."""

from __future__ import annotations

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    DOCUMENTED,
    INFERRED,
    Evidence,
    Written,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.observed import observe
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.source import Extent
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import Verdict, judge

from tests.lab.event_logs import Event
from tests.lab.mta_events import started, stopped
from tests.unit.event_sources import Source
from tests.unit.verdict_evidence import MSPCLNT, OFF, ON, evidence, risk_of, said

# 2003-03-01T08:00:00Z: when the file was changed.
WRITTEN = 1_046_505_600
HOUR = 3600
IN_FORCE = ("mta_read_fix", "mta_stopped", "in_force_unknown")
OTHER = Event(1000, WRITTEN + 10, source="Print")


def protected(source: Source, written: int | None = WRITTEN, in_utc: bool = True) -> Evidence:
    """Give the evidence of a protected server with this log."""
    found = evidence(said(MSPCLNT, ON))
    changed = Written(MSPCLNT, written, in_utc) if written is not None else None
    return found._replace(events=observe(source), written=changed)


def told(verdict: Verdict) -> tuple[str, str]:
    """Give what is in force, and the code of the one reason that says why."""
    (code,) = [reason.code for reason in verdict.reasons if reason.code in IN_FORCE]
    return verdict.in_force, code


YES, STOPPED, UNKNOWN = ("yes", "mta_read_fix"), ("unknown", "mta_stopped"), ("unknown", "in_force_unknown")


@pytest.mark.parametrize(
    ("events", "in_utc", "answer"),
    [
        pytest.param([started(WRITTEN - 1)], True, UNKNOWN, id="started before"),
        pytest.param([started(WRITTEN)], True, UNKNOWN, id="in the same second"),
        pytest.param([started(WRITTEN + 1)], True, YES, id="a second later"),
        pytest.param([started(WRITTEN + 1)], False, UNKNOWN, id="a second later by local time"),
        pytest.param([started(WRITTEN + HOUR)], False, UNKNOWN, id="an hour later by local time"),
        pytest.param([started(WRITTEN + HOUR + 1)], False, YES, id="more than an hour later by local time"),
        pytest.param([started(WRITTEN + 5), stopped(WRITTEN + 9)], True, STOPPED, id="stopped since"),
        pytest.param([started(WRITTEN - 5), stopped(WRITTEN + 9)], True, STOPPED, id="started before, stopped"),
        pytest.param([stopped(WRITTEN + 9)], True, STOPPED, id="a stop alone"),
        pytest.param(
            [started(WRITTEN - 99), stopped(WRITTEN + 5), started(WRITTEN + 9)], True, YES, id="stopped and started"
        ),
        pytest.param([started(WRITTEN - 99), started(WRITTEN + 9)], True, YES, id="crashed and started"),
        pytest.param([started(WRITTEN + 99), started(WRITTEN - 9)], True, UNKNOWN, id="the newest record decides"),
        pytest.param(
            [started(WRITTEN + 999), OTHER._replace(time=WRITTEN + 900)],
            True,
            UNKNOWN,
            id="the clock was set back since",
        ),
        pytest.param(
            [OTHER._replace(time=WRITTEN + 999), started(WRITTEN + 99)], True, UNKNOWN, id="set back before the start"
        ),
        pytest.param([started(WRITTEN + 99), OTHER._replace(time=WRITTEN + 39)], True, YES, id="set back by a minute"),
        pytest.param(
            [started(WRITTEN + 60), OTHER._replace(time=WRITTEN + 59)], True, UNKNOWN, id="a second, within a minute"
        ),
        pytest.param(
            [started(WRITTEN + 999), OTHER._replace(time=WRITTEN + 1, delay=999)], True, YES, id="written late"
        ),
        pytest.param([OTHER], True, UNKNOWN, id="no start"),
        pytest.param([], True, UNKNOWN, id="empty"),
        pytest.param([started(WRITTEN + 9, source="MSExchangeSA")], True, UNKNOWN, id="another program's"),
        pytest.param([started(WRITTEN + 9), stopped(WRITTEN + 20, source="MSExchangeSA")], True, YES, id="its stop"),
    ],
)
def test_what_the_log_and_the_time_of_the_file_say(events: list[Event], in_utc: bool, answer: tuple[str, str]) -> None:
    verdict = judge(protected(Source(*events), in_utc=in_utc))
    assert told(verdict) == answer
    risk = risk_of(verdict, "mta_not_restarted")
    assert risk.mitigated is (answer != UNKNOWN)
    assert risk.certainty == INFERRED


@pytest.mark.parametrize(
    ("source", "written", "why"),
    [
        (Source(OTHER), WRITTEN, "tells of no start of the MTA, and reaches back to 2003-03-01T08:00:10Z only"),
        (Source(), WRITTEN, "the event log is empty"),
        (
            Source(OTHER, breaks="access is denied"),
            WRITTEN,
            "could not be read to its end: access is denied",
        ),
        (Source(started(WRITTEN + 9)), None, "on visible drives, times are those of another machine's clock"),
        (
            Source(started(WRITTEN + 999), started(WRITTEN + 900, source="Print")),
            WRITTEN,
            "the server's clock was set back about that start, by 99 s",
        ),
        (
            Source(started(WRITTEN)),
            WRITTEN,
            "which is not later: that change may have been a refresh that wrote the same",
        ),
        (
            Source(started(WRITTEN + 9), extent=Extent(lost=3)),
            WRITTEN,
            "not all records of the event log can be read (lost: 3)",
        ),
        (
            Source(stopped(WRITTEN + 9), extent=Extent(lost=1)),
            WRITTEN,
            "not all records of the event log can be read (lost: 1)",
        ),
    ],
)
def test_why_it_is_not_known(source: Source, written: int | None, why: str) -> None:
    verdict = judge(protected(source, written))
    assert told(verdict) == UNKNOWN
    (reason,) = [reason for reason in verdict.reasons if reason.code == "in_force_unknown"]
    assert why in reason.message
    assert reason.message.startswith("whether the running MTA has read the fix is not known: ")
    assert risk_of(verdict, "mta_not_restarted").message.startswith("What was read does not tell whether the MTA was ")


@pytest.mark.parametrize("events", [[started(WRITTEN + 9)], [stopped(WRITTEN + 9)]])
def test_on_a_cluster_the_start_may_be_that_of_another_node(events: list[Event]) -> None:
    found = protected(Source(*events))
    verdict = judge(found._replace(system=found.system._replace(cluster=True)))
    assert told(verdict) == UNKNOWN
    (reason,) = [reason for reason in verdict.reasons if reason.code == "in_force_unknown"]
    assert "this is a node of a cluster" in reason.message


def test_by_local_time_the_reason_says_so() -> None:
    verdict = judge(protected(Source(started(WRITTEN + 9)), in_utc=False))
    assert "at most an hour after C:\\Mspclnt\\Mspclnt.ini was last changed at" in verdict.reasons[-1].message


def test_a_log_that_breaks_behind_the_newest_start_decides_all_the_same() -> None:
    """It is read newest first: what is older cannot change the answer."""
    verdict = judge(protected(Source(OTHER, started(WRITTEN + 99), breaks="the server no longer answers")))
    assert told(verdict) == YES


@pytest.mark.parametrize("breaks", ["", "the server no longer answers"])
def test_records_that_are_missing_may_have_been_newer(breaks: str) -> None:
    source = Source(OTHER, started(WRITTEN + 99), breaks=breaks, extent=Extent(lost=3))
    verdict = judge(protected(source))
    assert told(verdict) == UNKNOWN
    assert "(lost: 3)" in verdict.reasons[-1].message


def test_without_a_mark_nobody_knows_which_record_is_the_newest() -> None:
    verdict = judge(protected(Source(started(WRITTEN + 99), stopped(WRITTEN + 200), extent=Extent(clean=False))))
    assert told(verdict) == UNKNOWN
    assert "no mark in the event log tells which record is the newest" in verdict.reasons[-1].message


def test_the_times_stand_in_the_reason_and_the_risk() -> None:
    verdict = judge(protected(Source(started(WRITTEN + 61))))
    reason = verdict.reasons[-1]
    assert reason.message.startswith(
        "the MTA was started at 2003-03-01T08:01:01Z, after C:\\Mspclnt\\Mspclnt.ini was last changed at "
        "2003-03-01T08:00:00Z; it is taken to read the file when it starts"
    )
    assert (reason.source, reason.certainty) == ("Q174695", INFERRED)
    assert risk_of(verdict, "mta_not_restarted").message.startswith(
        "The MTA was started at 2003-03-01T08:01:01Z, after"
    )


@pytest.mark.parametrize("events", [[started(WRITTEN + 9)], [stopped(WRITTEN + 9)], []])
def test_the_judgement_is_as_sure_as_without_events(events: list[Event]) -> None:
    verdict, without = judge(protected(Source(*events))), judge(evidence(said(MSPCLNT, ON)))
    assert (verdict.certainty, verdict.sentence) == (without.certainty, without.sentence)
    assert verdict.certainty == DOCUMENTED


def test_nothing_is_said_of_a_server_that_is_not_protected() -> None:
    found = evidence(said(MSPCLNT, OFF))._replace(events=observe(Source(started(WRITTEN + 9))))
    verdict = judge(found._replace(written=Written(MSPCLNT, WRITTEN)))
    assert verdict.in_force == "unknown"
    assert not [reason for reason in verdict.reasons if reason.code in IN_FORCE]


def test_nothing_is_said_where_no_events_were_read() -> None:
    verdict = judge(evidence(said(MSPCLNT, ON)))
    assert verdict.in_force == "unknown"
    assert not [reason for reason in verdict.reasons if reason.code in IN_FORCE]
    assert risk_of(verdict, "mta_not_restarted").message.startswith("Files and registry do not tell whether")
