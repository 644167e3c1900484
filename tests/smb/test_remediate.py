# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook remediate over a mixed fleet and its proxy server, what it leaves alone, and the way back."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.smb.fleets import DOWN, DRIVE_HOST, FIX, OLD, ON_PURPOSE, PROXY, Fleet, server_of
from tests.smb.plays import ROOT

FIXED = ("exposed", DRIVE_HOST)
GO_BACK = str(ROOT / "examples" / "go-back.yml")
REFRESH = "overwritten_on_refresh"
# Without those that are left alone or cannot be had.
RIGHT = f"exposed,protected,{DRIVE_HOST},{PROXY}"


def refresh_risks(fleet: Fleet) -> dict[str, tuple[bool, str]]:
    """Tell of each server whether the risk of a refresh counts as mitigated, and how sure that is."""
    risks = [(server["name"], risk) for server in fleet.report()["servers"] for risk in server["risks"]]
    return {name: (risk["mitigated"], risk["certainty"]) for name, risk in risks if risk["code"] == REFRESH}


def bytes_of(fleet: Fleet, *names: str) -> list[bytes]:
    return [fleet.file(name).read_bytes() for name in names]


def test_a_prediction_the_remedy_what_is_left_alone_and_the_way_back(fleet: Fleet) -> None:
    fleet.run("audit")
    before = fleet.contents()
    predicting = fleet.run("remediate", "--check", "--diff")
    assert fleet.contents() == before
    assert "(a prediction)" in predicting.stdout
    predicted = fleet.report()
    done = fleet.run("remediate")
    assert (predicting.returncode, done.returncode) == (2, 2)
    assert "[WARNING]" not in done.stdout + done.stderr
    # That of the report itself.
    assert done.stdout.count("fatal:") == 1, done.stdout
    # The master came first.
    assert done.stdout.index(f"ok: [{PROXY}] =>") < done.stdout.index("ok: [exposed] =>")
    report = fleet.report()
    for key in ("status", "status_before", "outcome"):
        assert {each["name"]: each[key] for each in predicted["servers"]} == {
            each["name"]: each[key] for each in report["servers"]
        }
    assert bytes_of(fleet, *FIXED, PROXY) == [OLD + FIX] * 3
    assert bytes_of(fleet, "protected", "purpose") == [OLD + FIX, ON_PURPOSE]
    # Nothing that was predicted counts as having been so.
    assert report["since"]["newly_protected"] == sorted(FIXED)
    assert report["since"]["no_longer_protected"] == []
    purpose = server_of(report, "purpose")
    assert (purpose["status"], purpose["outcome"]) == ("exposed", "refused")
    assert "holds ServerBindTcpPorts" in purpose["message"]
    assert "set emsmta_bypass_override_proxied to true" in purpose["message"]
    assert server_of(report, DOWN)["status"] == "unreachable"
    assert [entry["name"] for entry in report["restart"] if entry["why"] == "changed"] == sorted(FIXED)
    assert refresh_risks(fleet) == dict.fromkeys((*FIXED, "protected", "purpose"), (True, "inferred"))
    assert not [advice for advice in report["advice"] if advice["code"] == "fix_master"]
    assert [master["name"] for master in report["masters"]] == [PROXY]
    assert predicted["going_back"] == []
    assert sorted(entry["name"] for entry in report["going_back"]) == sorted((*FIXED, PROXY))

    again = fleet.run("remediate", "--limit", RIGHT)
    assert again.returncode == 0, again.stdout
    assert "changed=1" not in again.stdout
    assert fleet.report()["going_back"] == report["going_back"]

    back = fleet.run(GO_BACK, "--limit", f"!{DOWN}")
    assert back.returncode == 0, back.stdout
    assert bytes_of(fleet, *FIXED, PROXY) == [OLD] * 3
    assert bytes_of(fleet, "protected", "purpose") == [OLD + FIX, ON_PURPOSE]
    # A name that looks like a template is none.
    assert "{{" in server_of(report, DRIVE_HOST)["changes"][0]["path"]
    fleet.run("audit", "--limit", "exposed")
    assert fleet.report()["since"]["no_longer_protected"] == ["exposed"]


def test_what_fails_fails_the_run_and_keeps_nothing_else_from_the_fix(fleet: Fleet) -> None:
    fleet.file(PROXY).unlink()
    fleet.hosts["exposed"]["emsmta_bypass_state"] = "presnt"
    done = fleet.run("remediate", "--limit", RIGHT)
    assert done.returncode == 2
    assert (
        f"Master copy on {PROXY}: Left alone, status unknown: there is no C:\\Msp\\Clients\\Mspclnt.ini" in done.stdout
    )
    assert bytes_of(fleet, *FIXED) == [OLD, OLD + FIX]
    assert refresh_risks(fleet)[DRIVE_HOST][0] is False
    assert any(advice["code"] == "fix_master" for advice in fleet.report()["advice"])
    exposed = server_of(fleet.report(), "exposed")
    assert exposed["status"] == "failed"
    assert "emsmta_bypass_state" in exposed["message"]


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"emsmta_audit_fail_on": "exposd, failed"}, "'exposd' is no status and no outcome; the words are exposed"),
        ({"emsmta_audit_proxy_addresses": "gate, 192.0.2.300"}, "'192.0.2.300' is no IPv4 address and no name of a"),
    ],
)
def test_a_wrong_word_is_refused_before_anything_is_changed(variables: dict[str, Any], told: str, fleet: Fleet) -> None:
    before = fleet.contents()
    done = fleet.run("remediate", **variables)
    assert done.returncode == 2
    assert f"{next(iter(variables))}): {told}" in done.stdout
    assert "Detect" not in done.stdout
    assert fleet.contents() == before


def test_every_server_and_the_master_are_down(fleet: Fleet) -> None:
    for variables in (*fleet.hosts.values(), fleet.groups["emsmta_proxies"]["hosts"][PROXY]):
        variables.update(ansible_connection="legacy_exchange.winsock_proxy.smb", ansible_port=9)
        variables.setdefault("ansible_host", fleet.hosts[DOWN]["ansible_host"])
        variables.pop("emsmta_bypass_drives", None)
    done = fleet.run("remediate")
    assert done.returncode == 2
    assert "5 servers: 5 unreachable" in done.stdout
    assert f"Master copy on {PROXY}: Not looked at" in done.stdout
    assert set(fleet.statuses().values()) == {"unreachable"}


@pytest.mark.long
def test_every_server_is_left_alone_and_masters_that_a_limit_cuts_off_are_not_asked(fleet: Fleet) -> None:
    there = f"exposed,protected,purpose,{DRIVE_HOST}"
    fleet.file(PROXY).unlink()
    assert fleet.run("remediate", "--limit", "exposed,protected").returncode == 0
    for name in (*FIXED, "protected"):
        fleet.file(name).write_bytes(ON_PURPOSE)
    done = fleet.run("remediate", "--limit", there, emsmta_audit_serial=1)
    assert done.returncode == 2
    report = fleet.report()
    assert (report["complete"], {server["outcome"] for server in report["servers"]}) == (True, {"refused"})


def test_what_absent_leaves_is_what_was_wanted(fleet: Fleet) -> None:
    fleet.file(PROXY).write_bytes(OLD + FIX)
    done = fleet.run("remediate", "--limit", RIGHT, emsmta_bypass_state="absent")
    assert done.returncode == 0, done.stdout
    assert bytes_of(fleet, "exposed", "protected", PROXY) == [OLD] * 3
    assert fleet.statuses()["protected"] == "exposed"


def test_an_interrupted_run_can_be_run_again(fleet: Fleet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = fleet.hosts["protected"]["ansible_host"]
        fleet.hosts["protected"].update(ansible_host="127.0.0.1", ansible_port=silent.getsockname()[1])
        # One behind the other, so that the first is fixed and reported when the run is cut off.
        options = ("--limit", f"exposed,protected,{DRIVE_HOST}", "-e", "emsmta_audit_serial=1")
        fleet.cut_off("legacy_exchange.winsock_proxy.remediate", silent, *options)
    assert bytes_of(fleet, *FIXED) == [OLD + FIX, OLD]
    first = fleet.report()
    assert (first["complete"], [entry["name"] for entry in first["going_back"]]) == (False, ["exposed"])
    fleet.hosts["protected"] = {"ansible_host": address}
    done = fleet.run("remediate", "--limit", RIGHT)
    assert done.returncode == 0, done.stdout
    assert bytes_of(fleet, *FIXED) == [OLD + FIX] * 2
    assert sorted(entry["name"] for entry in fleet.report()["going_back"]) == sorted((*FIXED, PROXY))
