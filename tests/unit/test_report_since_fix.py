# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the logs of others say since the MTA of a server has read the fix."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.report import Report
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.told import told as lines_of

from tests.unit.report_events import Kind, at, events, kind, moment
from tests.unit.report_logs import OUTER, PARTNER, Found, client, joined, of, protected, remote


def test_none_since_the_fix_as_of_the_newest_records() -> None:
    before = kind(9301, at(8), at(7), address=OUTER)
    report = joined({"a": protected(at(9)), "far": remote(before, newest=moment(at(23), 812))}, OUTER)
    found = of(report, "a")
    assert found["since_fix"] == {
        "started": moment(at(9), 9),
        "refused": 0,
        "or_more": False,
        "logs": 1,
        "logs_partly": 0,
        "as_of": [{"name": "far", "record": 812, "time": at(23), "read_to": None}],
        "ended": [],
        "sure": True,
        "clocks_known": True,
    }
    assert found["sure"] == "refused"
    assert f"None since it started with the fix ({at(9)}), as of far record 812 of {at(23)}." in found["message"]
    assert "Since the MTA's start with the fix: none refused: a" in lines_of(report, "/r")


@pytest.mark.parametrize(
    ("refused", "count", "more", "sure"),
    [
        (kind(9301, at(10), at(8), address=OUTER), 1, False, "refused"),
        (kind(9301, at(11), at(10), address=OUTER), 2, False, "none"),
        (kind(9301, at(11), at(10), address=OUTER, count=99), 2, True, "none"),
        (kind(9301, at(11), at(8), address=OUTER, count=99), 1, False, "refused"),
        (kind(9301, at(11), address=PARTNER), 0, False, "none"),
    ],
)
def test_what_was_refused_since_the_fix(refused: Kind, count: int, more: bool, sure: str) -> None:
    found = of(joined({"a": protected(at(9)), "far": remote(refused)}, OUTER), "a")
    assert (found["since_fix"]["refused"], found["since_fix"]["or_more"], found["sure"]) == (count, more, sure)


@pytest.mark.parametrize(("hour", "sure"), [(8, "refused_and_seen"), (10, "refused")])
def test_what_it_logged_since_the_fix_says_nothing_of_before(hour: int, sure: str) -> None:
    hosts = {"a": protected(at(9), seen=[kind(289, at(hour))]), "far": remote(kind(9301, at(10), at(8), address=OUTER))}
    assert of(joined(hosts, OUTER), "a")["sure"] == sure


def test_own_refusals_and_clocks_since_the_fix() -> None:
    own = [kind(9301, at(10), address=OUTER)]
    hosts = {"a": protected(at(9), refused=own), "far": remote(kind(9301, at(8), address=OUTER))}
    assert of(joined(hosts, OUTER), "a")["since_fix"]["refused"] == 0
    ahead = {"a": protected(at(9), clock=7200), "far": remote(kind(9301, at(8), address=OUTER))}
    assert of(joined(ahead, OUTER), "a")["since_fix"]["refused"] == 1


def test_a_log_that_ends_before_the_fix_tells_nothing_of_later() -> None:
    found = of(joined({"a": protected(at(9)), "far": remote(newest=moment(at(8), 3))}, OUTER), "a")
    assert found["since_fix"]["logs"] == 0
    assert "No log of another server that can be relied on tells of the time since it started" in found["message"]
    assert "before that start" not in found["message"]


def heads(report: Report) -> list[str]:
    return [line for line in lines_of(report, "/r") if line.startswith("Since the MTA's start with the fix")]


def test_a_log_that_was_not_read_back_to_the_fix_tells_of_a_part() -> None:
    """After a month a log is read no farther, once the start of its own MTA is found."""
    report = joined({"a": protected(at(9)), "far": remote(read_to=moment(at(20), 700))}, OUTER)
    since = of(report, "a")["since_fix"]
    assert (since["logs"], since["logs_partly"]) == (0, 1)
    assert since["as_of"] == [{**moment(at(23), 800), "name": "far", "read_to": moment(at(20), 700)}]
    assert of(report, "a")["message"].endswith(
        f"None since it started with the fix ({at(9)}), though logs were read for a part of that time only: "
        f"far from {at(20)} to record 800 of {at(23)}."
    )
    assert heads(report) == ["Since the MTA's start with the fix: none refused, as far as logs were read: a"]


def test_the_log_that_refused_before_and_ends_before_the_fix_is_named() -> None:
    before = kind(9301, at(7), address=OUTER)
    far = remote(before, newest=moment(at(8), 600))
    report = joined({"a": protected(at(9)), "far": far, "z": remote()}, OUTER)
    since = of(report, "a")["since_fix"]
    assert (since["logs"], [log["name"] for log in since["as_of"]], since["ended"]) == (1, ["z"], ["far"])
    assert of(report, "a")["message"].endswith(
        f"as of z record 800 of {at(23)}. The log of far ends before that start."
    )
    assert heads(report) == ["Since the MTA's start with the fix: none refused, as far as logs were read: a"]


def test_what_a_blind_log_does_not_say_is_no_none() -> None:
    report = joined({"a": protected(at(9)), "far": remote(build="2448.8")}, OUTER)
    assert of(report, "a")["since_fix"]["as_of"] == []
    assert "that can be relied on tells of the time since it started" in of(report, "a")["message"]
    assert heads(report) == []
    logged = remote(kind(9301, at(7), address=OUTER), build="2448.8")
    assert of(joined({"a": protected(at(9)), "far": logged}, OUTER), "a")["since_fix"]["logs"] == 1


def test_a_log_read_to_the_fix_comes_before_those_that_were_not() -> None:
    late = {f"b{number}": remote(read_to=moment(at(20), 700)) for number in range(30)}
    early = {f"c{number}": remote(newest=moment(at(8), 9)) for number in range(30)}
    since = of(joined({"a": protected(at(9)), **late, **early, "far": remote()}, OUTER), "a")["since_fix"]
    assert (since["logs"], since["logs_partly"]) == (1, 30)
    assert [log["name"][0] for log in since["as_of"]] == list("fbbbb")


def test_a_log_that_tells_of_all_the_time_is_named_whatever_the_others() -> None:
    """Backups reach back far and end early; what is read of large logs is late."""
    backups = {f"e{number}": remote(newest=moment(at(8), 9)) for number in range(9)}
    late = {f"p{number}": remote(read_to=moment(at(20), 700)) for number in range(9)}
    whole = remote(newest=moment(at(21), 77), read_to=moment(at(0, day=2), 5))
    report = joined({"a": protected(at(9)), **backups, **late, "w": whole}, OUTER)
    assert of(report, "a")["since_fix"]["as_of"][0]["name"] == "w"
    assert f"as of w record 77 of {at(21)}." in of(report, "a")["message"]
    # Its own log says nothing of its own calls.
    own = {"a": protected(at(9), newest=moment(at(23, day=22), 99)), **late}
    assert of(joined(own, OUTER), "a")["since_fix"]["logs"] == 0
    beside = of(joined({**own, "w": whole}, OUTER), "a")["since_fix"]
    assert (beside["logs"], beside["as_of"][0]["name"]) == (1, "w")
    many = {f"n{number}": remote(newest=moment(at(22), 9)) for number in range(6)}
    assert len(of(joined({"a": own["a"], **many}, OUTER), "a")["since_fix"]["as_of"]) == 5


def test_a_log_whose_clock_was_set_back_tells_of_no_time() -> None:
    odd = remote(newest=moment(at(8), 800), read_to=moment(at(20), 1))
    alone = of(joined({"a": protected(at(9)), "far": odd}, OUTER), "a")
    assert (alone["since_fix"]["logs"], alone["since_fix"]["as_of"]) == (0, [])
    beside = of(joined({"a": protected(at(9)), "far": odd, "w": remote()}, OUTER), "a")
    assert (beside["since_fix"]["logs"], [log["name"] for log in beside["since_fix"]["as_of"]]) == (1, ["w"])


def test_each_that_refused_before_and_ends_before_the_fix_is_named() -> None:
    """The rows show some refusals alone."""
    goes_on = remote(*(kind(9301, at(hour), address=OUTER, about=str(hour)) for hour in range(1, 7)))
    ends = remote(kind(9301, at(8), address=OUTER), newest=moment(at(8, 30), 600))
    report = joined(
        {"a": protected(at(9)), "far0": goes_on, "far1": ends, "other": remote(newest=moment(at(8), 3))}, OUTER
    )
    assert of(report, "a")["since_fix"]["ended"] == ["far1"]
    assert heads(report) == ["Since the MTA's start with the fix: none refused, as far as logs were read: a"]


def test_a_log_that_goes_on_is_not_told_to_end() -> None:
    late = remote(kind(9301, at(8), address=OUTER), read_to=moment(at(10), 700))
    whole = {f"w{number}": remote() for number in range(5)}
    assert of(joined({"a": protected(at(9)), "far": late, **whole}, OUTER), "a")["since_fix"]["ended"] == []


@pytest.mark.parametrize(
    ("more", "sure"),
    [({}, True), ({"build": None}, False), ({"kinds_left_out": 1}, False), ({"log": {"lost": 1}}, False)],
)
def test_none_is_sure_only_where_a_log_misses_nothing(more: dict[str, Any], sure: bool) -> None:
    report = joined({"a": protected(at(9)), "far": remote(**more)}, OUTER)
    assert of(report, "a")["since_fix"]["sure"] is sure
    assert heads(report)[0].endswith("none refused: a") is sure
    # One that refused before may log it, whatever its build.
    if more == {"build": None}:
        before = remote(kind(9301, at(8), address=OUTER), **more)
        assert of(joined({"a": protected(at(9)), "far": before}, OUTER), "a")["since_fix"]["sure"]


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ([], f"as of far record 800 of {at(23)}"),
        ([kind(9301, at(10), address=OUTER)], "something behind the proxy still calls"),
    ],
)
def test_clocks_that_are_not_known_are_told_of(refused: list[Kind], told: str) -> None:
    doubt = "How far the clocks differ is not known."
    for clock in (None, 0):
        message = of(joined({"a": protected(at(9)), "far": remote(*refused, clock=clock)}, OUTER), "a")["message"]
        assert told in message
        assert (doubt in message) == (clock is None)
    assert doubt in of(joined({"a": protected(at(9), clock=None), "far": remote(*refused)}, OUTER), "a")["message"]


def test_a_fleet_from_the_fault_to_the_cure() -> None:
    """Two exposed servers behind one proxy, one that is not; a remedy, a restart by hand, a refresh."""
    refused = kind(9301, at(4, day=20), at(3, day=20), address=OUTER)
    old, new = moment(at(1), 10), moment(at(12, day=21), 60)

    def far(day: int) -> Found:
        return remote(refused, newest=moment(at(5, day=day), day))

    def server(status: str, start: dict[str, Any], in_force: str = "unknown", **more: Any) -> Found:
        logged = events(started=start, seen=[kind(289, at(3, 5, day=20))])
        return client(status, logged, ("GATE",), in_force=in_force, **more)

    other = client(proxies=("ELSEWHERE",), logged=events())
    hosts = {"ex01": server("exposed", old), "ex02": client(proxies=("GATE",)), "ex03": other}
    audit = joined({**hosts, "far": far(20)}, OUTER, "gate", "elsewhere", day=20)
    assert {name: of(audit, name)["sure"] for name in hosts} == dict.fromkeys(("ex01",), "refused_and_seen") | {
        "ex02": "refused",
        # An address that no file names may be that of its proxy.
        "ex03": "refused",
    }
    change: dict[str, Any] = {
        "path": "C:\\a",
        "local": "/a",
        "before": {},
        "after": {},
        "backup_file": None,
        "backup_local": None,
    }
    role = {"status_before": "exposed", "status_after": "protected", "outcome": "ok", "changes": [change]}
    cured = {**hosts, "ex01": server("protected", old, "no", **role)}
    remedy = joined({**cured, "far": far(21)}, OUTER, last=audit, day=21)
    assert [(entry["name"], entry["why"]) for entry in remedy["restart"]] == [("ex01", "changed")]
    missed = joined({**hosts, "ex01": server("protected", old), "far": far(22)}, OUTER, last=remedy, day=22)
    assert [(entry["name"], entry["why"]) for entry in missed["restart"]] == [("ex01", "read_other")]
    assert (
        "- ex01: restart the MTA: not started since the fix, so it is taken not to have read it (inferred)"
        in lines_of(missed, "/r")
    )
    assert of(missed, "ex01")["message"].endswith("Its running MTA is taken not to have read the fix.")
    read = joined({**hosts, "ex01": server("protected", new, "yes"), "far": far(23)}, OUTER, last=missed, day=23)
    assert (read["restart"], of(read, "ex01")["since_fix"]["refused"]) == ([], 0)
    assert of(read, "ex01")["since_fix"]["as_of"][0] == {**moment(at(5, day=23), 23), "name": "far", "read_to": None}
    refresh = joined({**hosts, "ex01": server("protected", new), "far": far(24)}, OUTER, last=read, day=24)
    assert (refresh["restart"], of(refresh, "ex01")["since_fix"]["refused"]) == ([], 0)
    assert next(each for each in refresh["servers"] if each["name"] == "ex01")["in_force"] == "unknown"
