# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the running MTA has read the fix, and which MTAs to restart, over several reports."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.files import as_json
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.history import history_of
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.report import Report, report_of

from tests.unit.report_events import at, events, moment
from tests.unit.report_runs import reported, run_of, server_in, told

# Runs are at six in the morning; what an MTA logs is named by the hour of a day.
OLD, NIGHT, LATER = moment(at(5, day=1), 5), moment(at(0, day=21), 50), moment(at(12, day=22), 90)
CLUSTER = {"code": "cluster", "message": "a node", "source": "Q271634", "certainty": "inferred", "mitigated": False}
EVE = moment(at(12, day=21), 50)
CHANGE: dict[str, Any] = {
    "path": "C:\\a.ini",
    "local": "/c/a.ini",
    "before": {},
    "after": {},
    "backup_file": None,
    "backup_local": None,
}


def look(status: str, start: dict[str, Any] | None = None, in_force: str = "unknown", **more: Any) -> dict[str, Any]:
    """Give a look at a server with events, where a start is named."""
    found = told(status, in_force=in_force)
    return {**found, "events": events(started=start, **more)} if start else {**found, "events": None}


def fix(start: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Give what the role tells of a server that it fixed."""
    found = look("protected", start, "no", **more)
    return {**found, "status_before": "exposed", "status_after": "protected", "outcome": "ok", "changes": [CHANGE]}


def days(*found: object, first: int = 20) -> Report:
    """Give the last of daily reports on server a, beside others; None: a run that was not over it."""
    report = None
    for number, each in enumerate(found, first):
        hosts: dict[str, object] = {"other": told("protected")} | ({} if each is None else {"a": each})
        report = reported(run_of(hosts, at(6, day=number), inventory=["a", "other"]), report)
    assert report is not None
    return report


def in_force(report: Report) -> str:
    return str(server_in(report, "a")["in_force"])


def why(report: Report) -> str | None:
    return next((entry["why"] for entry in report["restart"] if entry["name"] == "a"), None)


STILL = look("protected", EVE, clock=None)


@pytest.mark.parametrize(
    ("found", "known", "reason"),
    [
        # The same start as when it was exposed.
        ([look("exposed", OLD), look("protected", OLD)], "no", "read_other"),
        ([look("exposed", OLD, clock=None), look("protected", OLD, clock=None)], "no", "read_other"),
        ([fix(OLD), look("protected", OLD, clock=None)], "no", "read_other"),
        ([fix(OLD), look("protected", OLD), None, look("protected", OLD)], "no", "read_other"),
        # Another record, or another time, is another start, and without a clock no more is known.
        ([look("exposed", OLD), look("protected", moment(OLD["time"], 6), clock=None)], "unknown", "not_known"),
        ([look("exposed", OLD), look("protected", moment(at(6, day=1), 5), clock=None)], "unknown", "not_known"),
        # Exposed, seen without events; then a start that was before.
        ([look("exposed"), look("exposed"), look("protected", OLD)], "no", "read_other"),
        ([look("exposed"), fix(), look("protected", OLD)], "no", "read_other"),
        ([look("exposed"), fix(), look("protected", OLD, clock=None)], "unknown", "changed"),
        # After the first of two looks that saw it exposed: nothing tells when the second one was.
        ([look("exposed"), fix(), look("protected", moment(at(7, day=20), 9))], "unknown", "changed"),
        # A start after the change, by the clock, has read it; just behind it, nobody knows.
        ([fix(OLD), look("protected", NIGHT)], "unknown", None),
        ([fix(OLD), look("protected", moment(at(6, 1), 9))], "unknown", "changed"),
        ([fix(OLD), look("protected", moment(at(6, 2), 9))], "unknown", None),
        ([fix(OLD), look("protected", moment(at(7, 2), 9), clock=3600)], "unknown", None),
        ([fix(OLD), look("protected", moment(at(6, 59), 9), clock=3600)], "unknown", "changed"),
        ([fix(OLD), look("protected", NIGHT, clock=None)], "unknown", "changed"),
        ([fix(OLD), look("protected", NIGHT), look("protected")], "unknown", None),
        # What decides was changed without a trace, or came back.
        ([look("exposed", OLD), look("protected", OLD, "yes")], "unknown", "not_known"),
        ([look("exposed", OLD), *[look("protected", OLD, "yes")] * 2], "unknown", "not_known"),
        ([look("exposed", OLD), look("protected", OLD, "yes"), look("protected", OLD)], "unknown", "not_known"),
        ([look("exposed", OLD), look("protected", OLD, "yes"), look("protected", NIGHT, "yes")], "yes", None),
        # A look that knows.
        ([look("exposed"), look("protected", OLD, "yes")], "yes", None),
        ([fix(OLD), look("protected", NIGHT, "yes")], "yes", None),
        # No events: as before.
        ([look("exposed"), look("protected")], "unknown", "not_known"),
        ([look("exposed", OLD), look("protected")], "unknown", "not_known"),
        ([fix(), look("protected")], "unknown", "changed"),
        ([fix(OLD), told("unreachable")], "None", "changed"),
        # What was not looked for is not missed.
        ([look("protected", OLD)], "unknown", "not_known"),
        ([look("exposed", OLD)], "unknown", None),
        ([look("exposed", OLD), look("not_applicable", OLD)], "unknown", None),
    ],
)
def test_what_reports_know_of_the_running_mta(found: list[object], known: str, reason: str | None) -> None:
    report = days(*found)
    assert (in_force(report), why(report)) == (known, reason)


def test_a_report_of_the_future_tells_of_no_moment() -> None:
    """Its controller had another clock."""
    future = reported(run_of({"a": look("exposed")}, at(6, day=24)))
    seen = reported(run_of({"a": look("exposed")}, at(6, day=23)), future)
    assert server_in(seen, "a")["exposed_at"] <= at(6, day=23)
    later = reported(run_of({"a": look("protected", moment(at(11, day=23), 60))}, at(12, day=23)), seen)
    assert in_force(later) == "unknown"


@pytest.mark.parametrize("outcome", ["ok", "failed"])
def test_a_start_after_the_fix_was_taken_away_has_not_read_it(outcome: str) -> None:
    taken = {
        **fix(OLD),
        "status": "exposed",
        "status_before": "protected",
        "status_after": "exposed",
        "outcome": outcome,
    }
    start = moment(at(12), 60)
    report = days(taken, look("protected", start))
    assert (in_force(report), why(report), server_in(report, "a")["read_fix"]) == ("unknown", "not_known", None)


@pytest.mark.parametrize(
    "found",
    [
        [fix(OLD), look("protected", OLD, stopped=moment(at(5), 9), log={"lost": 7})],
        [fix(OLD), {**look("protected", OLD, stopped=moment(at(5), 9)), "risks": [CLUSTER]}],
        [{**fix(OLD, stopped=moment(at(5), 9)), "risks": [CLUSTER]}],
    ],
)
def test_a_stop_that_is_not_sure_takes_no_mta_off_the_list(found: list[object]) -> None:
    assert why(days(*found)) == "changed"


def test_a_clock_apart_by_less_than_two_minutes_tells_nothing() -> None:
    for minute, known in ((57, "no"), (58, "no"), (59, "unknown")):
        start = moment(at(5, minute), 9)
        assert in_force(days(look("exposed"), fix(), look("protected", start))) == known


@pytest.mark.parametrize(
    "found",
    [
        # The MTA started while the server was protected: it may have read the fix, though it was lost since.
        [look("protected", OLD), look("exposed", OLD), look("protected", OLD)],
        [look("protected", OLD), look("exposed", OLD), look("exposed", OLD), look("protected", OLD)],
        [look("protected"), look("exposed", OLD), look("protected", OLD)],
        [look("protected", OLD, "yes"), look("exposed", OLD), look("protected", OLD)],
        [look("protected"), look("exposed"), look("exposed"), look("protected", OLD)],
        # A look knew that this start has read the fix, whatever the clocks say.
        [look("exposed"), look("exposed"), look("protected", OLD, "yes"), look("protected", OLD)],
        # It is stopped, and will read the fix.
        [look("exposed", OLD), look("protected", OLD, stopped=moment(at(5), 9))],
        # The clock was set back before the start, which therefore has the time of an older one.
        [look("exposed"), fix(), look("protected", OLD, set_back=86400)],
        # Another start than the newest when it was exposed came later, whatever a clock that was set since says.
        [look("exposed", OLD, clock=-86400), look("protected", moment(at(4, day=18), 9))],
        [look("exposed", OLD), look("exposed", OLD), look("protected", moment(at(4, day=20), 9))],
        # It read the fix, which was lost or taken back, and is written again; nothing tells of a start in between.
        [look("protected", OLD, "yes"), look("exposed", OLD), fix(OLD)],
        [look("protected", OLD, "yes"), fix(OLD)],
        [look("protected"), fix()],
        # Records are lost, and with them perhaps a start.
        [look("exposed", OLD), look("protected", OLD, log={"lost": 3})],
        [look("exposed", OLD, log={"lost": 3}), look("protected", OLD, clock=None)],
        # Without a mark, nobody knows which record is the newest.
        [look("exposed", OLD), look("protected", OLD, log={"lost": None, "clean": False})],
        # A run that fixed it saw it exposed before, not after.
        [look("protected"), look("exposed", OLD), fix(OLD), look("exposed"), look("exposed", EVE), STILL],
        # It was seen protected after the start that was known, and before the look that saw it exposed again.
        [
            look("exposed", OLD),
            look("protected"),
            look("exposed"),
            look("exposed", EVE),
            STILL,
        ],
    ],
)
def test_what_is_not_sure_is_no_no(found: list[object]) -> None:
    assert in_force(days(*found)) == "unknown"


def test_a_look_that_saw_it_exposed_was_after_the_run_before() -> None:
    first = reported(run_of({"a": look("exposed")}, at(6)))
    second = reported(run_of({"a": fix()}, at(8)), first)
    for start, known in ((moment(at(5), 9), "no"), (moment(at(7), 9), "unknown")):
        assert in_force(reported(run_of({"a": look("protected", start)}, at(6, day=21)), second)) == known


def test_on_a_cluster_a_log_may_have_the_starts_of_another_node() -> None:
    found = [{**each, "risks": [CLUSTER]} for each in (look("exposed", OLD), look("protected", OLD))]
    assert in_force(days(*found)) == "unknown"
    later = [{**each, "risks": [CLUSTER]} for each in (fix(OLD), look("protected", NIGHT))]
    assert why(days(*later)) == "changed"


def test_a_start_between_two_looks_that_saw_it_exposed_has_not_read_the_fix() -> None:
    lost = [look("protected", OLD), look("exposed", OLD), look("exposed", NIGHT)]
    assert in_force(days(*lost, look("protected", NIGHT, clock=None))) == "no"
    again = [fix(OLD), look("exposed", OLD), look("protected", OLD)]
    assert in_force(days(*again)) == "no"


def test_a_no_says_why_and_takes_the_place_of_a_doubt() -> None:
    doubt = {"code": "in_force_unknown", "message": "not known", "source": None, "certainty": "inferred"}
    report = days(look("exposed", OLD), {**look("protected", OLD), "reasons": [doubt]})
    (reason,) = server_in(report, "a")["reasons"]
    assert reason["code"] == "mta_not_restarted_since"
    assert f"it started at {OLD['time']} (event 9298, record 5, by the server's clock)" in reason["message"]


UNSURE = {"code": "mta_not_restarted", "message": "Files do not tell.", "source": "Q181847", "mitigated": False}
UNSURE["certainty"] = "inferred"
OF_LOOK = ("mta_read_fix", "in_force_unknown")
AT_NIGHT = f"The MTA was started at {NIGHT['time']}"


@pytest.mark.parametrize(
    ("found", "told", "mitigated"),
    [
        ([look("exposed", OLD), look("protected", OLD)], "The running MTA is taken not to have read the fix:", False),
        ([look("protected", OLD, "yes"), fix(OLD)], "Whether the running MTA has read the fix is not known:", False),
        (
            [fix(OLD), look("protected", NIGHT, "yes"), look("protected", NIGHT)],
            f"The MTA was started at {NIGHT['time']}",
            True,
        ),
        ([fix(OLD), look("protected", NIGHT)], AT_NIGHT, True),
        ([look("protected", OLD)], "Files do not tell.", False),
        ([fix(OLD), look("protected", NIGHT), look("protected", LATER, clock=None)], "Files do not tell.", False),
    ],
)
def test_the_risk_follows_what_reports_know(found: list[dict[str, Any]], told: str, mitigated: bool) -> None:
    report = days(*({**each, "risks": [UNSURE] * (each["status"] == "protected")} for each in found))
    (risk,) = server_in(report, "a")["risks"]
    assert risk["message"].startswith(told)
    assert risk == {**UNSURE, "message": risk["message"], "mitigated": mitigated}


@pytest.mark.parametrize("later", [[], [look("protected", OLD)], [look("protected", OLD, "yes")]])
def test_a_start_in_doubt_says_why_as_long_as_it_is_the_newest(later: list[dict[str, Any]]) -> None:
    of_look = [{"code": code, "message": "so it is", "source": "", "certainty": "inferred"} for code in OF_LOOK]
    seen = {**look("protected", OLD, "yes"), "risks": [{**UNSURE, "mitigated": True}], "reasons": of_look[:1]}
    more = [{**each, "risks": [UNSURE], "reasons": of_look[1:]} for each in later]
    server = server_in(days(look("exposed", OLD), seen, *more), "a")
    (reason,), (risk,) = server["reasons"], server["risks"]
    assert reason["code"] == "in_force_unknown"
    assert "but a report saw the server exposed when that start was the newest" in reason["message"]
    assert (risk["message"], risk["mitigated"]) == (f"{reason['message']} Restart it if not.", False)


def test_a_start_that_has_read_the_fix_is_remembered_through_a_refresh() -> None:
    read = [fix(OLD), look("protected", NIGHT, "yes")]
    for later in ([look("protected", NIGHT)], [look("protected", NIGHT, clock=None)], [None, look("protected")]):
        report = days(*read, *later)
        assert (in_force(report), why(report)) == ("unknown", None)
        assert server_in(report, "a")["read_fix"] == NIGHT
    # A newer start, a server that was exposed, or was changed again: nothing is known of these.
    assert why(days(*read, look("protected", LATER, clock=None))) == "changed"
    assert why(days(*read, look("exposed", NIGHT), look("protected", NIGHT, clock=None))) == "not_known"
    assert why(days(*read, fix(NIGHT))) == "changed"
    more = {**fix(NIGHT), "status_before": "protected"}
    assert why(days(*read, more, look("protected", NIGHT, clock=None))) == "changed"


@pytest.mark.parametrize("by", ["reason", "event"])
def test_a_stopped_mta_is_not_to_be_restarted(by: str) -> None:
    stopped = {"code": "mta_stopped", "message": "stopped", "source": None, "certainty": "inferred"}
    found = look("protected", OLD, stopped=moment(at(5), 9) if by == "event" else None)
    found["reasons"] = [stopped] if by == "reason" else []
    assert why(days(fix(OLD), found)) is None
    assert why(days(fix(OLD), found, look("protected", moment(at(5, 30), 12), clock=None))) == "changed"


def test_the_newest_start_that_is_known_is_carried() -> None:
    report = days(look("exposed", OLD), look("exposed"), None, told("unreachable"))
    assert server_in(report, "a")["started"] == OLD
    assert server_in(days(look("exposed", OLD), look("exposed", NIGHT)), "a")["started"] == NIGHT


def test_check_mode_goes_by_what_was_seen() -> None:
    first = days(look("exposed", OLD))
    predicted = reported(run_of({"a": fix(OLD)}, at(6, day=21), check=True), first)
    assert (why(predicted), server_in(predicted, "a")["read_other"]) == (None, OLD)
    later = reported(run_of({"a": look("protected", OLD)}, at(6, day=22)), predicted)
    assert in_force(later) == "no"


def test_later_batches_of_a_run_know_what_the_first_one_did() -> None:
    """A server that was restarted by hand while the run was still at others is not told to have missed the fix."""
    first = days(look("exposed"))
    report, found = first, {"a": fix(), "b": None}
    for minute in (0, 30, 59):
        report = reported(run_of(found, at(8, minute, day=21), name="batches"), report)
    # The look was at eight, or before.
    assert server_in(report, "a")["exposed_at"] <= at(8, day=21)
    later = reported(run_of({"a": look("protected", moment(at(8, 5, day=21), 9))}, at(6, day=22)), report)
    assert in_force(later) == "unknown"


def test_batches_keep_what_the_first_one_learnt() -> None:
    lost = days(look("protected", OLD), look("exposed", OLD))
    report = lost
    for minute in (0, 30):
        report = reported(run_of({"a": look("exposed", NIGHT)}, at(8, minute, day=22), name="batches"), report)
    assert server_in(report, "a")["read_other"] == NIGHT
    report = lost
    for minute in (0, 30):
        report = reported(run_of({"a": look("exposed", OLD)}, at(8, minute, day=22), name="batches"), report)
    assert server_in(report, "a")["read_other"] is None


def test_an_old_report_is_read_without_complaint() -> None:
    old = json.loads(as_json(days(look("exposed"))))
    for key in ("started", "exposed_at", "protected_before", "read_fix", "read_other", "proxy_servers"):
        for server in old["servers"]:
            del server[key]
    del old["evidence"]
    history = history_of(json.dumps(old).encode(), "next")
    assert history.wrong == ""
    run = run_of({"a": fix(OLD)}, at(6, day=21))
    report = reported(run_of({"a": look("protected", OLD)}, at(6, day=22)), report_of(run, history))
    assert in_force(report) == "no"


@pytest.mark.parametrize(
    "spoiled",
    [
        7,
        "now",
        [],
        {},
        {"record": -1, "time": at(1)},
        {"record": 1, "time": "2026-02-30T00:00:00Z"},
        "2026-13-01T00:00:00Z",
    ],
)
@pytest.mark.parametrize("key", ["started", "exposed_at", "exposed_start", "read_fix", "read_other", "doubtful"])
def test_a_damaged_report_is_told_of(key: str, spoiled: object) -> None:
    report = json.loads(as_json(days(look("exposed", OLD))))
    next(server for server in report["servers"] if server["name"] == "a")[key] = spoiled
    assert "it is damaged: report.servers[0]" in history_of(json.dumps(report).encode(), "next").wrong
