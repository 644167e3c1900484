# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report keeps of the one before, and what it says has changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.files import as_json
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.history import History, history_of
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.report import Report, report_of
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report_runs import MONDAY, TUESDAY, WEDNESDAY, reported, run_of, server_in, told

NOTHING: dict[str, list[str]] = {
    "no_longer_protected": [],
    "newly_protected": [],
    "fixed_again": [],
    "new": [],
    "gone": [],
}
# A host that keeps each run from being empty.
OTHER = "other"


def day(number: int) -> str:
    return f"2026-11-{number:02}T06:00:00Z"


def after(statuses: list[str | None]) -> Report:
    """Give the last of daily reports on server a; None: a run that was not over it."""
    report = None
    for number, status in enumerate(statuses, 1):
        found: dict[str, object] = {OTHER: told("protected")}
        if status is not None:
            found["a"] = told(status)
        report = reported(run_of(found, day(number), inventory=["a", OTHER]), report)
    assert report is not None
    return report


def changes(report: Report) -> dict[str, list[str]]:
    return {key: names for key, names in report["since"].items() if key != "compared_with" and names}


@pytest.mark.parametrize(
    ("statuses", "since"),
    [
        (["protected", "exposed"], "no_longer_protected"),
        (["exposed", "protected"], "newly_protected"),
        (["protected", "unreachable"], ""),
        (["protected", "failed"], ""),
        (["protected", "unknown"], ""),
        (["protected", "not_applicable"], ""),
        (["protected", "unreachable", "exposed"], "no_longer_protected"),
        (["protected", "unreachable", "failed", None, "unknown", "exposed"], "no_longer_protected"),
        (["exposed", "unknown", None, "protected"], "newly_protected"),
        (["protected", "not_applicable", "exposed"], ""),
        (["unknown", "exposed"], ""),
        (["unknown", "protected"], ""),
        (["unreachable", "exposed"], ""),
        (["protected", "exposed", "exposed"], ""),
    ],
)
def test_a_server_is_compared_with_its_last_known_verdict(statuses: list[str | None], since: str) -> None:
    assert changes(after(statuses)) == ({since: ["a"]} if since else {})


@pytest.mark.parametrize(
    ("statuses", "last", "on"),
    [
        (["protected"], None, 0),
        (["protected", "exposed"], "protected", 1),
        (["protected", "exposed", "exposed"], "exposed", 2),
        (["protected", "unreachable", None, "failed"], "protected", 1),
        (["exposed", None, None, None], "exposed", 1),
        (["exposed", "unknown", "protected"], "exposed", 1),
        (["unknown", "unreachable"], "unknown", 1),
        (["unreachable", "unreachable"], None, 0),
    ],
)
def test_the_last_verdict_is_kept_with_its_day(statuses: list[str | None], last: str | None, on: int) -> None:
    server = server_in(after(statuses), "a")
    assert (server["last_status"], server["last_seen"]) == (last, day(on) if on else None)


def test_what_a_run_over_a_part_did_not_look_at() -> None:
    report = after(["exposed", None])
    server = server_in(report, "a")
    assert (server["status"], server["message"]) == ("not_looked_at", "not in this run")
    assert report["complete"]
    assert report["totals"] == dict.fromkeys(report["totals"], 0) | {"not_looked_at": 1, "protected": 1}


def test_new_and_gone() -> None:
    first = reported(run_of({"a": told("exposed"), "b": told("protected")}))
    assert first["since"] == {"compared_with": None, **NOTHING}
    second = reported(run_of({"b": told("protected"), "c": told("unreachable")}, TUESDAY), first)
    assert second["since"] == {"compared_with": MONDAY, **NOTHING, "new": ["c"], "gone": ["a"]}
    assert [server["name"] for server in second["servers"]] == ["c", "b"]
    third = reported(run_of({"b": told("protected"), "c": told("protected")}, WEDNESDAY), second)
    assert third["since"] == {"compared_with": TUESDAY, **NOTHING}


def test_a_host_that_the_inventory_has_is_not_gone() -> None:
    first = reported(run_of({"a": told("exposed"), "b": told("protected")}))
    second = reported(run_of({"b": told("protected")}, TUESDAY, inventory=["a", "b"]), first)
    assert second["since"]["gone"] == []


def test_names_with_odd_characters_are_compared_as_they_are_shown() -> None:
    odd = "ex\u202e01\n"
    first = reported(run_of({odd: told("protected")}))
    second = reported(run_of({odd: told("exposed")}, TUESDAY), first)
    assert changes(second) == {"no_longer_protected": ["ex\\u202e01\\x0a"]}
    third = reported(run_of({"a": told("exposed")}, WEDNESDAY, inventory=[odd, "a"]), second)
    assert server_in(third, "ex\\u202e01\\x0a")["last_status"] == "exposed"
    assert changes(third) == {"new": ["a"]}


def predicted(before: str, after: str) -> dict[str, Any]:
    """Give the role's result in check mode."""
    return {**told(after), "status_before": before, "status_after": after, "outcome": "ok"}


def test_a_prediction_is_no_verdict() -> None:
    first = reported(run_of({"a": told("exposed"), "b": told("protected")}))
    found = {"a": predicted("exposed", "protected"), "b": predicted("exposed", "protected")}
    second = reported(run_of(found, TUESDAY, check=True), first)
    assert [server["status"] for server in second["servers"]] == ["protected", "protected"]
    assert changes(second) == {"no_longer_protected": ["b"]}
    third = reported(run_of({"a": told("protected"), "b": told("protected")}, WEDNESDAY), second)
    assert changes(third) == {"newly_protected": ["a", "b"]}
    assert {server["last_seen"] for server in third["servers"]} == {TUESDAY}


def test_a_look_in_check_mode_is_a_verdict() -> None:
    first = reported(run_of({"a": told("protected")}, check=True))
    assert changes(reported(run_of({"a": told("exposed")}, TUESDAY), first)) == {"no_longer_protected": ["a"]}


def test_a_fix_that_was_undone_and_made_again_is_told() -> None:
    first = reported(run_of({"a": told("protected"), "b": told("exposed")}))
    found = {name: predicted("exposed", "protected") for name in ("a", "b")}
    second = reported(run_of(found, TUESDAY), first)
    assert changes(second) == {"fixed_again": ["a"], "newly_protected": ["b"]}


def test_a_later_batch_compares_with_the_run_before() -> None:
    before = reported(run_of({name: told("protected") for name in "abx"}))
    hosts: dict[str, object] = dict.fromkeys("abcd")
    batches = [{"a": told("exposed")}, {"b": told("exposed"), "c": told("protected")}, {"d": told("exposed")}]
    report, found = before, dict(hosts)
    for minute, batch in enumerate(batches):
        found |= batch
        report = reported(run_of(found, f"2026-11-24T06:{minute:02}:00Z", name="tuesday"), report)
        assert report["complete"] is (minute == 2)
        assert report["since"]["compared_with"] == MONDAY
        assert set(report["since"]["new"]) == {"c", "d"}
        assert report["since"]["gone"] == ["x"]
    assert changes(report) == {"no_longer_protected": ["a", "b"], "new": ["d", "c"], "gone": ["x"]}
    assert {server["last_seen"] for server in report["servers"] if server["last_status"]} == {MONDAY}


def test_batches_of_a_first_run_compare_with_nothing() -> None:
    first = reported(run_of({"a": told("exposed"), "b": None}, name="run"))
    second = reported(run_of({"a": told("exposed"), "b": told("exposed")}, TUESDAY, name="run"), first)
    assert second["since"] == {"compared_with": None, **NOTHING}
    assert [server["last_status"] for server in second["servers"]] == [None, None]


def test_hosts_that_an_interrupted_run_left_are_known_next_time() -> None:
    first = reported(run_of({"a": told("exposed")}))
    second = reported(run_of({"a": told("exposed"), "b": None}, TUESDAY), first)
    assert (second["complete"], second["since"]["new"]) == (False, ["b"])
    third = reported(run_of({"a": told("exposed"), "b": told("protected")}, WEDNESDAY), second)
    assert changes(third) == {}


def whole() -> Report:
    """Give a report with something in each of its parts."""
    found = told("protected", status_before="exposed", status_after="protected", outcome="ok")
    change = {"path": "C:\\a.ini", "local": "/c/a.ini", "before": {"Disable": None}, "after": {"Disable": "1"}}
    found["changes"] = [{**change, "backup_file": "C:\\a.ini.0.bak", "backup_local": "/c/a.ini.0.bak"}]
    return reported(run_of({"a": found, "b": told("unreachable"), "c": told("exposed")}))


def edited(change: Callable[[Report], object]) -> bytes:
    report = json.loads(as_json(whole()))
    change(report)
    return json.dumps(report).encode()


def test_a_whole_report_is_read() -> None:
    history = history_of(as_json(whole()), "next")
    assert (history.wrong, history.compared_with, len(history.going_back)) == ("", MONDAY, 1)
    assert {name: known.status for name, known in history.servers.items()} == {
        "a": "protected",
        "b": None,
        "c": "exposed",
    }
    assert history.servers["a"].restart == {"name": "a", "why": "changed", "changed_at": MONDAY}


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "empty, or far too large"),
        (b"{", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"\x00" * 1000, "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"schema": ' + b"9" * 5000 + b"}", "no JSON"),
        (b'{"schema": ' + b'{"a":' * 100_000, "no JSON"),
        (b"null", "no report of schema 1"),
        (b"[]", "no report of schema 1"),
        (b"{}", "no report of schema 1"),
        (b'{"schema": 2}', "no report of schema 1"),
        (b'{"schema": [1]}', "no report of schema 1"),
        (b'{"schema": 1, "run": "x", "generated": "now"}', "report.generated has a text of another form"),
        (b'{"schema": 1}', "damaged: report.run is missing"),
    ],
)
def test_what_is_no_report_is_told_of_once(data: bytes, wrong: str) -> None:
    history = history_of(data, "run")
    assert wrong in history.wrong
    assert history == History(wrong=history.wrong)
    assert reported_on(data)["since"] == {"compared_with": None, **NOTHING}


def reported_on(data: bytes) -> Report:
    run = run_of({"a": told("exposed"), OTHER: told("protected")}, TUESDAY, inventory=["a", "b", OTHER])
    return report_of(run, history_of(data, run.name))


VALUES: list[Any] = [None, True, 7, 1e300, "text", "\ud800", "\u202e" * 10_000, [], [[]], {}, {"name": {}}, ["a", 1]]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the way to each value within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] * bool(at) + [place for key, each in inner for place in places(each, (*at, key))]


@pytest.mark.parametrize("place", [pytest.param(place, id=".".join(map(str, place))) for place in places(whole())])
def test_no_value_in_any_place_ends_in_a_traceback(place: tuple[Any, ...]) -> None:
    for value in VALUES:

        def change(report: Any, value: Any = value) -> None:
            for key in place[:-1]:
                report = report[key]
            report[place[-1]] = value

        report = reported_on(edited(change))
        assert len(as_json(report)) < 20_000
        # The next one can be compared with this one, whatever it was made of.
        assert history_of(as_json(report), "next").wrong == ""


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
        max_leaves=9,
    )
)
def test_no_json_ends_in_a_traceback(value: Any) -> None:
    assert history_of(json.dumps(value).encode(), "run").wrong
    for key in ("servers", "since", "restart", "going_back", "run"):
        reported_on(edited(lambda report, key=key: report.update({key: value})))  # type: ignore[misc]


def test_a_status_that_is_none_is_no_verdict() -> None:
    report = reported_on(edited(lambda report: report["servers"][0].update(status="gone", last_status="lost")))
    assert {server["last_status"] for server in report["servers"]} <= {None, "exposed", "protected"}
