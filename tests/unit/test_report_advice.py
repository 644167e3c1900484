# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Advice for a fleet, and what is told on the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.advice import ORDER
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.report import Report
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.servers import server_of
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.told import (
    SENTENCES,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.told import (
    told as lines_of,
)

from tests.unit.report_runs import MONDAY, SAMPLES, TUESDAY, Fleet, reported, run_of, told

EXPOSED = ("ex01-exposed", "ex05-on-purpose", "ex12-wspcfg-of-store", "ex21-isa-2000")
WHERE = "The report: /r/report.html, with report.csv, report.json and report.xml beside it"


def fact(code: str, text: str = "", **more: Any) -> dict[str, Any]:
    return {"code": code, "message": text or code, "source": None, "certainty": "inferred", **more}


def servers_by_code(report: Report) -> dict[str, list[str]]:
    return {advice["code"]: advice["servers"] for advice in report["advice"]}


def lines(report: Report) -> list[str]:
    first, *rest = lines_of(report, "/r")
    assert first == ""
    return rest


def test_advice_of_looks(tmp_path: Path) -> None:
    report = reported(run_of(Fleet(tmp_path).looks(*EXPOSED, "ex02-protected", "ex16-lost-pointer")))
    found = servers_by_code(report)
    assert found["remediate"] == ["ex01-exposed", "ex12-wspcfg-of-store", "ex21-isa-2000"]
    assert found["override_proxied"] == ["ex05-on-purpose"]
    assert found["leave_out"] == list(EXPOSED)
    assert found["look"] == ["ex16-lost-pointer"]
    assert found["isa_management"] == ["ex21-isa-2000"]
    # An exposed server is to be fixed first.
    assert found["restart_mta"] == ["ex02-protected"]
    assert found["fix_master"] == ["ex01-exposed", "ex05-on-purpose", "ex12-wspcfg-of-store", "ex02-protected"]
    codes = [advice["code"] for advice in report["advice"]]
    assert codes == sorted(codes, key=lambda code: ORDER.index(code) if code in ORDER else len(ORDER))


def test_advice_after_a_remedy(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    found = servers_by_code(reported(run_of({name: fleet.remedy(name) for name in EXPOSED})))
    assert "remediate" not in found
    assert found["override_proxied"] == found["leave_out"] == ["ex05-on-purpose"]
    assert found["restart_mta"] == ["ex01-exposed", "ex12-wspcfg-of-store", "ex21-isa-2000"]


def test_the_same_advice_stands_once_and_names_a_server_once() -> None:
    twice = told("exposed", advice=[fact("look", "One."), fact("look", "One."), fact("look", "Two.")])
    report = reported(run_of({"b": twice, "a": twice}))
    assert [(advice["message"], advice["servers"]) for advice in report["advice"]] == [
        ("One.", ["a", "b"]),
        ("Two.", ["a", "b"]),
    ]


def test_the_terminal_of_an_audit(tmp_path: Path) -> None:
    found = Fleet(tmp_path).looks(*EXPOSED, "ex02-protected", "ex06-no-client", "ex16-lost-pointer")
    report = reported(run_of({**found, "ex99": told("unreachable")}))
    assert lines(report) == [
        "8 servers: 4 exposed, 1 unknown, 1 unreachable, 1 protected, 1 not applicable",
        "Exposed: ex01-exposed, ex05-on-purpose, ex12-wspcfg-of-store, ex21-isa-2000",
        "Unknown: ex16-lost-pointer",
        "Unreachable: ex99",
        "What to do:",
        "- ex01-exposed, ex12-wspcfg-of-store, ex21-isa-2000: " + SENTENCES["remediate"],
        "- the exposed servers: " + SENTENCES["leave_out"],
        "- ex05-on-purpose: " + SENTENCES["override_proxied"],
        "- ex16-lost-pointer: " + SENTENCES["look"],
        "- ex01-exposed, ex05-on-purpose, ex12-wspcfg-of-store, ex02-protected: make the fix last, which a client may "
        "lose when it fetches its files again: put the proxy servers with the master copies (PROXY-09) into the group "
        "emsmta_proxies, and run remediate",
        "- ex21-isa-2000: " + SENTENCES["isa_management"],
        WHERE,
    ]


def test_the_terminal_of_a_remedy(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    names = ("ex01-exposed", "ex02-protected", "ex05-on-purpose")
    before = reported(run_of(fleet.looks(*names)))
    predicted = lines(
        reported(run_of({name: fleet.remedy(name, check=True) for name in names}, TUESDAY, check=True), before)
    )
    assert predicted[:3] == [
        "3 servers: 1 exposed, 2 protected (a prediction)",
        "Would be changed: ex01-exposed",
        "Exposed, refused: ex05-on-purpose",
    ]
    assert not any("restart" in line or "Since" in line for line in predicted)
    done = lines(reported(run_of({name: fleet.remedy(name) for name in names}, TUESDAY), before))
    assert done[:6] == [
        "3 servers: 1 exposed, 2 protected",
        "Changed: ex01-exposed",
        "Exposed, refused: ex05-on-purpose",
        f"Since the last report ({MONDAY}): newly protected: ex01-exposed",
        "What to do:",
        "- ex01-exposed: restart the MTA: files were changed, and it is not known to have been started since",
    ]


@pytest.mark.parametrize(
    ("statuses", "named", "whom"),
    [
        (["exposed"] * 3, {0, 1, 2}, "the exposed servers"),
        (["exposed"] * 3, {0, 1}, "ex0, ex1"),
        (["exposed"] * 7, {0, 1, 2, 3, 4, 5}, "ex0, ex1, ex2, ex3, ex4, ex5"),
        (["exposed"] * 8, {0, 1, 2, 3, 4, 5, 6}, "the exposed servers but ex7"),
        (["exposed"] * 10, {0, 1, 2, 3, 4, 5, 6}, "the exposed servers but ex7, ex8, ex9"),
        (["exposed", "protected"], {0}, "ex0"),
        (["exposed", "exposed", "protected"], {0, 1, 2}, "the exposed and protected servers"),
        (["exposed", "unknown", "unknown"], {1, 2}, "the unknown servers"),
        (["exposed", "exposed", "unknown", "unknown"], {0, 1, 2}, "ex0, ex1, ex2"),
    ],
)
def test_whom_advice_is_for(statuses: list[str], named: set[int], whom: str) -> None:
    advised = [fact("look")]
    found = {f"ex{at}": told(status, advice=advised if at in named else []) for at, status in enumerate(statuses)}
    assert f"- {whom}: {SENTENCES['look']}" in lines(reported(run_of(found)))


def test_four_hundred_servers_stay_short(tmp_path: Path) -> None:
    looks = list(Fleet(tmp_path).looks(*[name for name in SAMPLES if name.startswith("ex")]).values())
    found = {f"server{number:03}.corp.example": looks[number % len(looks)] for number in range(400)}
    report = reported(run_of({**found, **{f"dead{number}": told("unreachable") for number in range(50)}}))
    shown = lines(report)
    assert len(shown) < 20
    assert max(map(len, shown)) < 500
    assert (
        "Unreachable: dead0, dead1, dead10, dead11, dead12, dead13, dead14, dead15, dead16, dead17 and 40 more" in shown
    )


def test_nothing_to_say() -> None:
    assert lines(reported(run_of({"a": told("not_applicable")}))) == ["1 server: 1 not applicable", WHERE]
    assert lines(reported(run_of({}))) == ["0 servers: no servers", WHERE]


def test_what_is_not_a_whole_run_says_so() -> None:
    before = reported(run_of({"b": told("protected")}))
    report = reported(run_of({"a": None}, TUESDAY, inventory=["a", "b"]), before)
    assert lines(report)[:2] == ["2 servers: 2 not looked at (not complete)", "Not looked at: a, b"]


def test_a_master_copy_that_is_not_fixed_is_told(tmp_path: Path) -> None:
    proxies = [server_of("p1", Fleet(tmp_path).remedy("px01-master")), server_of("p2", told("unreachable"))]
    shown = lines(reported(run_of({"a": told("protected")}, proxies=proxies)))
    assert [line for line in shown if "Master" in line] == ["Master copy on p2: unreachable, and why"]


def test_what_is_told_is_escaped() -> None:
    evil = "ex\x1b[31m\u202e\n"
    shown = lines_of(reported(run_of({evil: told("exposed", advice=[fact("fix_master", evil)])})), f"/tmp/{evil}")
    assert all(line.isprintable() for line in shown)
    assert "Exposed: ex\\x1b[31m\\u202e\\x0a" in shown
