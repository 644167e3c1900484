# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A master copy that this run has fixed makes the fix of its clients last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.masters import (
    RISK,
    is_fixed,
    master_of,
    mitigated,
    names_of,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.servers import server_of

from tests.unit.report_runs import Fleet, reported, run_of, server_in, told

REFRESH = {
    "code": RISK,
    "message": "It may be undone.",
    "source": "Q193928",
    "certainty": "inferred",
    "mitigated": False,
}


def client(master: object) -> dict[str, Any]:
    return server_of("ex01", told("protected", risks=[REFRESH], master_copy=master))


def is_mitigated(server: dict[str, Any]) -> bool:
    return all(risk["mitigated"] for risk in server["risks"])


@pytest.mark.parametrize(
    ("master", "host", "address", "same"),
    [
        (r"\\PROXY1\mspclnt", "proxy1", None, True),
        (r"\\proxy1\mspclnt\\", "PROXY1", None, True),
        ("//PROXY1/mspclnt", "proxy1", None, True),
        (r"\\PROXY1", "proxy1", None, True),
        (r"\\PROXY1\mspclnt", "proxy1.corp.example", None, True),
        (r"\\proxy1.corp.example\mspclnt", "proxy1", None, True),
        (r"\\proxy1.corp.example\mspclnt", "proxy1.corp.example", None, True),
        (r"\\proxy1.corp.example\mspclnt", "proxy1.other.example", None, False),
        (r"\\PROXY1\mspclnt", "gateway", "proxy1.corp.example", True),
        (r"\\192.0.2.9\mspclnt", "gateway", "192.0.2.9", True),
        (r"\\192.0.2.9\mspclnt", "gateway", "192.0.2.10", False),
        (r"\\192.0.2.9\mspclnt", "192", None, False),
        (r"\\192\mspclnt", "192.0.2.9", None, False),
        (r"\\PROXY1\mspclnt", "proxy10", None, False),
        (r"\\PROXY1\mspclnt", "gateway", ["proxy1"], False),
        (r"C:\proxy1\mspclnt", "proxy1", None, False),
        (r"\proxy1\mspclnt", "proxy1", None, False),
        ("\\\\", "proxy1", None, False),
        ("", "", None, False),
        (None, "None", None, False),
        (["\\\\proxy1"], "proxy1", None, False),
    ],
)
def test_the_names_of_a_master(master: object, host: str, address: object, same: bool) -> None:
    assert is_mitigated(mitigated(client(master), {host: names_of(host, address)})) is same


def test_what_is_told_of_a_mitigated_risk() -> None:
    server = client(r"\\PROXY1\mspclnt")
    found = mitigated(server, {"a": names_of("a", None), "proxy1": names_of("proxy1", None)})
    assert found == {**server, "risks": found["risks"]}
    told_of = "The master copy that it fetches holds the fix: this run saw to it on proxy1, known by its name alone."
    assert found["risks"] == [{**REFRESH, "message": told_of, "mitigated": True}]
    assert server["risks"] == [REFRESH]


def test_other_risks_stay() -> None:
    other = {**REFRESH, "code": "cluster"}
    server = server_of("a", told("protected", risks=[other, REFRESH], master_copy=r"\\p\m"))
    assert [risk["mitigated"] for risk in mitigated(server, {"p": names_of("p", None)})["risks"]] == [False, True]
    bare = server_of("a", told("protected", risks=[other], master_copy=r"\\p\m"))
    assert mitigated(bare, {"p": names_of("p", None)}) == bare


@pytest.mark.parametrize(
    ("status", "outcome", "fixed"),
    [
        ("protected", "ok", True),
        ("protected", "failed", False),
        ("protected", None, False),
        ("exposed", "ok", False),
        ("exposed", "refused", False),
        ("unknown", "refused", False),
    ],
)
def test_whether_a_master_is_fixed(status: str, outcome: str | None, fixed: bool) -> None:
    assert is_fixed(server_of("p", told(status, outcome=outcome))) is fixed
    assert not is_fixed(server_of("p", {"unreachable": True, "msg": "x"}))


def test_risk_and_advice_of_real_servers_after_their_master_was_fixed(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    proxy = server_of("proxy-09.corp.example", fleet.remedy("px01-master"))
    assert is_fixed(proxy)
    looks = fleet.looks("ex01-exposed", "ex02-protected", "ex21-isa-2000")
    assert master_of(server_of("a", looks["ex01-exposed"])) == "PROXY-09"
    before = reported(run_of(looks))
    fix = next(advice for advice in before["advice"] if advice["code"] == "fix_master")
    assert fix["servers"] == ["ex01-exposed", "ex02-protected"]
    assert " the master copies (PROXY-09) into the group emsmta_proxies" in fix["message"]
    masters = {proxy["name"]: names_of(proxy["name"], None)}
    after = reported(run_of(looks, masters=masters, proxies=[proxy]))
    assert "fix_master" not in {advice["code"] for advice in after["advice"]}
    assert is_mitigated(
        {"risks": [risk for risk in server_in(after, "ex02-protected")["risks"] if risk["code"] == RISK]}
    )
    assert [(each["name"], each["status"], each["outcome"]) for each in after["masters"]] == [
        ("proxy-09.corp.example", "protected", "ok")
    ]
    assert [entry["name"] for entry in after["going_back"]] == ["proxy-09.corp.example"]
