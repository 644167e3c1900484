# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event logs of a fleet, joined: what speaks for each server, and how sure."""

from __future__ import annotations

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.page_evidence import (
    shown,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.report import Report
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.sentences import SURE
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.told import told as lines_of

from tests.unit.report_events import Kind, at, events, kind
from tests.unit.report_logs import OUTER, PARTNER, Found, client, joined, of, remote, rows
from tests.unit.report_runs import reported, run_of, told


def test_without_events_there_is_no_evidence() -> None:
    assert joined({"a": client(), "b": client("protected")}, OUTER)["evidence"] is None


@pytest.mark.parametrize("seen", [289, 301, 1290, 1294, 9318])
def test_refused_and_seen_at_those_moments(seen: int) -> None:
    hosts = {
        "ex01": client(logged=events(seen=[kind(seen, at(8, 14), at(1))])),
        "far": remote(kind(9301, at(8), address=OUTER)),
    }
    found = of(joined(hosts, OUTER), "ex01")
    assert (found["sure"], found["at_those_moments"], found["clocks_known"], found["guess"]) == (
        *("refused_and_seen", True, True, False),
    )
    (row,) = found["refused"]
    assert (row["remote"], row["id"], row["proxy"], row["last"]) == ("far", 9301, OUTER, at(8))
    assert found["message"].startswith(f"far refused callers with the proxy's address ({OUTER}): event 9301, last")


@pytest.mark.parametrize(
    ("minute", "own", "other", "sure", "known"),
    [
        (15, 0, 0, "refused_and_seen", True),
        (16, 0, 0, "refused", True),
        # One clock is five minutes ahead, or both are by the same.
        (19, 300, 0, "refused_and_seen", True),
        (14, 0, 300, "refused", True),
        (15, 300, 300, "refused_and_seen", True),
        (15, None, 0, "refused_and_seen", False),
        (16, 0, None, "refused", False),
    ],
)
def test_moments_are_compared_by_both_clocks(
    minute: int, own: int | None, other: int | None, sure: str, known: bool
) -> None:
    hosts = {
        "ex01": client(logged=events(seen=[kind(289, at(8, minute))], clock=own)),
        "far": remote(kind(9301, at(8), address=OUTER), clock=other),
    }
    found = of(joined(hosts, OUTER), "ex01")
    assert (found["sure"], found["clocks_known"]) == (sure, known)
    assert ("How far the clocks differ is not known." in found["message"]) is not known


@pytest.mark.parametrize(
    ("hosts", "sure"),
    [
        ({"a": client(), "far": remote(kind(9301, at(8), address=OUTER))}, "refused"),
        ({"a": client(logged=events()), "far": remote(kind(9301, at(8), address=OUTER))}, "refused"),
        ({"a": client(logged=events(seen=[kind(289, at(8))])), "far": remote()}, "seen"),
        ({"a": client(logged=events(seen=[kind(289, at(8))]))}, "seen"),
        ({"a": client(), "far": remote(kind(9301, at(8), address=PARTNER))}, "none"),
        ({"a": client(), "far": remote()}, "none"),
        ({"a": client(), "far": remote(build="2448.8"), "off": remote(build=None)}, "none"),
        ({"a": client(), "far": remote(build="2448.8"), "off": remote(build="2620.1")}, "blind"),
        ({"a": client(logged=events())}, "not_gathered"),
        ({"a": client(), "far": remote(newest=None, whole=False, fault="access denied")}, "not_gathered"),
        (
            {
                "a": client(logged=events(seen=[kind(289, at(8))], refused=[kind(9301, at(8), address=OUTER)])),
                "far": remote(kind(9301, at(3), address=OUTER)),
            },
            "refused",
        ),
        # What it refused itself was called by others.
        ({"a": client(logged=events(refused=[kind(9301, at(8), address=OUTER)])), "far": remote()}, "none"),
    ],
)
def test_how_sure(hosts: dict[str, Found], sure: str) -> None:
    assert of(joined(hosts, OUTER), "a")["sure"] == sure


def test_two_exposed_behind_one_proxy_both_fit_and_one_that_is_not_does_not() -> None:
    hosts = {
        "ex01": client(proxies=("PROXY-1",)),
        "ex02": client(proxies=("proxy-1.corp.example",)),
        "ex03": client(proxies=("PROXY-2",)),
        "ex04": client("protected", proxies=("PROXY-1",)),
        "far": remote(kind(9301, at(8), name="Proxy-1.example")),
    }
    report = joined(hosts, "PROXY-1")
    assert [of(report, name)["sure"] for name in ("ex01", "ex02", "ex03")] == ["refused", "refused", "none"]
    assert (of(report, "ex01")["others"], of(report, "ex02")["others"]) == (["ex02"], ["ex01"])
    assert rows(report, "far")[0]["fits"] == ["ex01", "ex02"]
    told = "Behind the same proxy, ex02 fits as well. 1 more behind it is protected by now, but its MTA is not known"
    assert told in of(report, "ex01")["message"]


def test_the_twin_by_rpc_counts_too() -> None:
    hosts = {"a": client(), "far": remote(kind(9322, at(8), address=OUTER))}
    assert of(joined(hosts, OUTER), "a")["refused"][0]["id"] == 9322


def test_a_refusal_that_names_no_address_fits_the_moment_alone() -> None:
    near, far = kind(1290, at(8, 5)), kind(1290, at(12))
    for own, name in ((near, "far"), (far, None)):
        hosts = {"a": client(logged=events(seen=[own])), "far": remote(kind(1293, at(8)))}
        found = of(joined(hosts, OUTER), "a")
        assert (found["sure"], found["without_address"]) == ("seen", name)
    # A caller logs 1290 then, and not 289.
    hosts = {"a": client(logged=events(seen=[kind(289, at(8, 5))])), "far": remote(kind(1293, at(8)))}
    assert of(joined(hosts, OUTER), "a")["without_address"] is None
    # A remote MTA that logs no 9301 may log 9202 alone.
    hosts = {"a": client(logged=events(seen=[kind(289, at(8, 5))])), "far": remote(kind(9202, at(8)), build="2448.8")}
    assert of(joined(hosts, OUTER), "a")["without_address"] == "far"
    # Beside a 9301 it belongs to that caller.
    other = remote(kind(1293, at(8)), kind(9301, at(8), address=PARTNER))
    hosts = {"a": client(logged=events(seen=[near])), "far": other}
    assert of(joined(hosts, OUTER), "a")["without_address"] is None


def test_silence_stands_beside_builds_and_levels() -> None:
    report = joined({"a": client(), "far": remote(build="2448.8"), "off": remote(levels=None)}, OUTER)
    told = {each["name"]: (each["blind"], each["levels"] is None) for each in report["evidence"]["remotes"]}
    assert told == {"far": (True, False), "off": (False, True)}
    assert "No log of 2 other servers (1 of builds that may log no 9301) has" in of(report, "a")["message"]


@pytest.mark.parametrize(
    ("logged", "build", "address", "causes"),
    [
        (kind(9301, at(8), address=OUTER), "2653.23", OUTER, ["firewall"]),
        (kind(9301, at(8), address=OUTER), "1960.6", OUTER, ["firewall", "connector_by_name"]),
        (
            kind(9301, at(8), address=PARTNER),
            "2653.23",
            OUTER,
            ["no_reverse_name", "multihomed", "ras_pool", "firewall"],
        ),
        (kind(9301, at(8), name="NODE1"), "2653.23", OUTER, ["cluster_node"]),
        (kind(9202, at(8)), "2653.23", OUTER, []),
    ],
)
def test_other_causes_that_fit(logged: Kind, build: str, address: str, causes: list[str]) -> None:
    report = joined({"a": client(), "far": remote(logged, build=build)}, address)
    assert rows(report, "far")[0]["other_causes"] == causes
    assert {each["code"] for each in report["evidence"]["other_causes"]} == set(causes)
    assert all(each["source"].startswith("Q") for each in report["evidence"]["other_causes"])


def test_a_cluster_is_a_cause() -> None:
    risk = {"code": "cluster", "message": "a node", "source": "Q1", "certainty": "inferred", "mitigated": False}
    report = joined({"a": client(risks=[risk]), "far": remote(kind(9301, at(8), address=OUTER))}, OUTER)
    assert "cluster_node" in of(report, "a")["other_causes"]
    assert "cluster_node" in rows(report, "far")[0]["other_causes"]


def test_who_was_exposed_before_still_fits() -> None:
    hosts: dict[str, Found] = {"a": client(), "b": client("protected")}
    first = joined(hosts)
    far = remote(kind(9301, at(8), address=OUTER))
    report = joined({"a": client("protected"), "b": client(), "far": far}, OUTER, last=first, day=24)
    assert rows(report, "far")[0]["fits"] == ["b", "a"]


def test_what_was_not_looked_at_is_not_told_of_but_still_fits() -> None:
    far = remote(kind(9301, at(8), address=OUTER))
    first = joined({"a": client(), "b": client(), "c": client("unreachable"), "far": far}, OUTER)
    hosts = {"a": client(), "c": told("unreachable"), "d": None, "far": far}
    run = run_of(hosts, at(6, day=24), inventory=["a", "b", "c", "d", "far"])._replace(proxy_addresses=[OUTER])
    report = reported(run, first)
    assert [each["name"] for each in report["evidence"]["servers"]] == ["a"]
    assert rows(report, "far")[0]["fits"] == ["a", "b"]
    (line,) = [line for line in lines_of(report, "/r") if line.startswith("Evidence")]
    assert line == "Evidence, no proof: fits what remote MTAs refused: a"


def test_lists_have_an_end_and_say_so() -> None:
    hosts = {f"ex{number:02}": client() for number in range(30)}
    kinds = [kind(9301, at(8), address=f"192.0.2.{number}") for number in range(1, 61)]
    report = joined({**hosts, "far": remote(*kinds)}, OUTER)
    (far,) = report["evidence"]["remotes"]
    assert (len(far["refused"]), far["refused_left_out"]) == (20, 40)
    assert far["refused"][0]["proxy"] == OUTER
    assert (len(far["refused"][0]["fits"]), far["refused"][0]["fits_left_out"]) == (10, 20)
    assert (len(of(report, "ex07")["others"]), of(report, "ex07")["others_left_out"]) == (10, 19)
    assert "ex00, ex01, ex02 and 26 more fit as well" in of(report, "ex07")["message"]
    guesses = joined({"a": client(proxies=tuple(f"p{number}" for number in range(100)), logged=events())})
    more = joined(
        {"a": client(proxies=("x",), logged=events())} | {f"b{n}": client(proxies=(f"p{n}",)) for n in range(150)}
    )
    assert (len(guesses["evidence"]["proxies"]), guesses["evidence"]["proxies_left_out"]) == (100, 0)
    assert (len(more["evidence"]["proxies"]), more["evidence"]["proxies_left_out"]) == (100, 51)


def test_the_advice_for_evidence() -> None:
    by_hand = {"code": "remote_events", "message": "Look there.", "source": "Q1", "certainty": "inferred"}
    exposed = client(logged=events(), advice=[by_hand])

    def codes(report: Report) -> set[str]:
        return {advice["code"] for advice in report["advice"]}

    assert codes(joined({"a": client(advice=[by_hand])}, OUTER)) == {"remote_events"}
    assert codes(joined({"a": exposed}, OUTER)) == {"remote_events", "gather_events"}
    assert codes(joined({"a": exposed, "far": remote()}, OUTER)) == set()
    assert codes(joined({"a": exposed, "far": remote()})) == {"proxy_addresses"}


def test_the_terminal_says_who_is_evidenced_by_what() -> None:
    hosts = {"a": client(), "b": client(), "c": client("protected", events(seen=[kind(289, at(8))]))}
    lines = lines_of(joined({**hosts, "far": remote(kind(9301, at(8), address=OUTER))}, OUTER), "/r")
    (line,) = [line for line in lines if line.startswith("Evidence")]
    assert line == (
        "Evidence, no proof: fits what remote MTAs refused, and logged failed calls near them, "
        "though protected now: c; fits what remote MTAs refused: a, b"
    )


def test_the_terminal_says_who_refused_how_often_and_when() -> None:
    often = kind(9301, at(12), at(8), address=OUTER, count=9)
    hosts = {"a": client(proxies=("GATE",)), **{f"far{n}": remote(often) for n in range(5)}}
    lines = lines_of(joined(hosts, OUTER), "/r")
    at_refused = lines.index(f"Refused: by far0, far1, far2 and 2 more, 45 events, callers with {OUTER}; last {at(12)}")
    assert lines[at_refused + 1].startswith("Evidence, no proof: ")
    one = remote(kind(9301, at(8), name="GATE"))
    lines = lines_of(joined({"a": client(proxies=("GATE",)), "far": one}), "/r")
    assert f"Refused: by far, 1 event, callers with GATE (a guess); last {at(8)}" in lines
    assert not any(line.startswith("Refused") for line in lines_of(joined({"a": client(), "far": one}, OUTER), "/r"))


def test_logs_that_were_not_read_are_named_and_nobody_is_told_to_ask_for_them() -> None:
    broken = events(newest=None, whole=False, fault="access denied")
    far = {f"far{n}": told("not_applicable", events=broken) for n in range(5)}
    lines = lines_of(joined({"a": client(logged=events()), **far}), "/r")
    assert "Event logs not read: far0, far1, far2 and 2 more" in lines
    assert "- a: no event log could be read: not_read in the report says why" in lines
    assert not any("emsmta_audit_events" in line for line in lines)
    # Its own is not that of another.
    lines = lines_of(joined({"a": client(logged=broken)}), "/r")
    assert any("emsmta_audit_events: true" in line for line in lines)
    lines = lines_of(joined({"a": client(), "far": remote(), "off": far["far0"]}), "/r")
    assert "Event logs not read: off" in lines
    assert not any("no event log could" in line for line in lines)


def test_callers_that_are_no_known_proxy_are_asked_about() -> None:
    others = [kind(9301, at(hour), address=f"198.51.100.{hour}") for hour in (7, 8, 9, 10)]
    hosts = {"a": client(), "b": client(), "far": remote(*others), "off": remote(others[0], kind(9202, at(8)))}
    report = joined(hosts)
    assert [each["address"][-2:] for each in report["evidence"]["other_callers"]] == ["10", ".9", ".8", ".7"]
    asked = "callers were refused (198.51.100.10, 198.51.100.9, 198.51.100.8 and 1 more): is one of them your proxy? "
    give = "Give it as emsmta_audit_proxy_addresses"
    assert f"- far, off: {asked}{give}" in lines_of(report, "/r")
    more = joined({**hosts, "far": remote(*others, kind(9301, at(8), address=OUTER))}, OUTER)
    assert f"- far, off: other {asked}{give}" in lines_of(more, "/r")
    (advice,) = [each for each in more["advice"] if each["code"] == "refused_callers"]
    assert (advice["servers"], advice["certainty"]) == (["far", "off"], "inferred")
    none = joined({"a": client(), "far": remote(kind(9301, at(8), address=OUTER))}, OUTER)
    assert (none["evidence"]["other_callers"], none["evidence"]["other_callers_left_out"]) == ([], 0)
    assert "refused_callers" not in {each["code"] for each in none["advice"]}
    many = [kind(9301, at(8), address=f"198.51.100.{number}") for number in range(50)]
    found = joined({"a": client(), "far": remote(*many)}, OUTER)["evidence"]
    assert (len(found["other_callers"]), found["other_callers_left_out"]) == (20, 30)


def test_the_page_names_the_same_servers_once() -> None:
    hosts = {f"ex{number}": client() for number in range(9)}
    far = remote(*(kind(9301, at(hour), address=OUTER, about=str(hour)) for hour in (10, 9, 8)))
    told_of = shown(joined({**hosts, "far": far, "off": remote(kind(9301, at(3), address=OUTER))}, OUTER))
    assert told_of is not None
    assert told_of.same == {2: 1, 3: 1, 4: 1}
    few_fit = shown(joined({"ex0": client(), "far": far}, OUTER))
    assert few_fit is not None
    assert few_fit.same == {}


def test_what_it_logged_itself_is_told_with_how_near() -> None:
    far = remote(kind(9301, at(8), address=OUTER))
    seen = [kind(1290, at(8, 5)), kind(289, at(8, 5)), kind(301, at(8, 5))]
    found = of(joined({"a": client(logged=events(seen=seen)), "far": far}, OUTER), "a")
    assert "; it logged 1290, 289 and 301 itself within 15 minutes of one of them." in found["message"]


def test_with_events_the_terminal_counts_what_is_not_known_to_be_read() -> None:
    known = {"a": client("protected", events()), "b": client("protected", events())}
    told_of = "2 MTAs are not known to have read the fix: see MTAs to restart in report.html"
    assert lines_of(joined(known), "/r")[-2] == told_of
    without = {"a": client("protected"), "b": client("protected")}
    assert not any("not known to have read" in line for line in lines_of(joined(without), "/r"))


@pytest.mark.parametrize(
    ("in_force", "told"),
    [
        ("unknown", "Whether its MTA has read the fix is not known."),
        ("no", "Its running MTA is taken not to have read the fix."),
        ("yes", ""),
    ],
)
def test_that_it_is_in_force_is_told_as_it_is_known(in_force: str, told: str) -> None:
    far = remote(kind(9301, at(8), address=OUTER))
    found = of(joined({"a": client("protected", in_force=in_force), "far": far}, OUTER), "a")["message"]
    assert found.endswith(told)
    assert ("Whether" in found, "taken" in found) == (in_force == "unknown", in_force == "no")


def test_a_prediction_is_told_as_one() -> None:
    far = remote(kind(9301, at(8), address=OUTER))
    role: Found = {"status_before": "exposed", "status_after": "protected", "outcome": "ok", "in_force": "unknown"}
    hosts: dict[str, object] = {"a": client("protected", **role), "b": client("protected"), "far": far}
    run = run_of(hosts)._replace(proxy_addresses=[OUTER], check_mode=True)
    report = reported(run)
    heads = [line for line in lines_of(report, "/r") if line.startswith("Evidence")]
    assert heads == [
        "Evidence, no proof: fits what remote MTAs refused, though it would be protected: a; "
        "fits what remote MTAs refused, though protected now: b"
    ]
    assert (of(report, "a")["predicted"], of(report, "b")["predicted"]) == (True, False)
    assert "its MTA has read the fix" not in of(report, "a")["message"]


@pytest.mark.parametrize("value", [None, 7, "text", [], {"refused": 3}, {"started": 7, "seen": [None, {}, 7]}])
def test_events_of_another_shape_keep_no_report_from_being_written(value: object) -> None:
    report = joined({"a": {**client(), "events": value}, "far": remote(kind(9301, at(8), address=OUTER))}, OUTER)
    assert of(report, "a")["sure"] == "refused"


@pytest.mark.parametrize("key", [*kind(9301, at(8)), "times"])
@pytest.mark.parametrize("value", [None, -1, 2**70, 1.5, True, "\ud800", "2026-02-30T00:00:00Z", [], ["x"] * 200, {}])
def test_a_kind_of_another_shape_is_left_out_or_taken_with_care(key: str, value: object) -> None:
    bad = {**kind(9301, at(8), address=OUTER), key: value}
    good = kind(9301, at(8), address=OUTER)
    hosts = {"a": client(logged=events(seen=[bad])), "far": remote(bad), "off": remote(good)}
    assert of(joined(hosts, OUTER), "a")["sure"] in SURE[:2]
