# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook audit over a mixed fleet: one line a server, a report, and no change on any."""

from __future__ import annotations

import socket
import subprocess
from typing import Any

import pytest

from tests.smb.fleets import DOWN, DRIVE_HOST, KINDS, SERVERS, Fleet, lines_of_servers, server_of, without_history

STATUSES = {
    "exposed": "exposed",
    "protected": "protected",
    "purpose": "exposed",
    DRIVE_HOST: "exposed",
    DOWN: "unreachable",
}
TOTALS = {
    "exposed": 3,
    "unknown": 0,
    "unreachable": 1,
    "failed": 0,
    "not_looked_at": 0,
    "protected": 1,
    "not_applicable": 0,
}


def test_one_line_a_server_the_totals_and_four_files_again_and_under_a_limit(fleet: Fleet) -> None:
    before = fleet.contents()
    done = fleet.run("audit")
    assert sorted(lines_of_servers(done.stdout)) == sorted(SERVERS), done.stdout
    assert "[WARNING]" not in done.stdout + done.stderr
    # That of the report itself: one server cannot be reached.
    assert (done.returncode, done.stdout.count("fatal:")) == (2, 1), done.stdout
    assert "5 servers: 3 exposed, 1 unreachable, 1 protected\n" in done.stdout
    assert f"{fleet.folder}/emsmta-audit/report.html" in done.stdout
    assert fleet.statuses() == STATUSES
    first = fleet.report()
    assert (first["totals"], first["complete"], first["check_mode"]) == (TOTALS, True, False)
    assert "connection refused" in server_of(first, DOWN)["message"]
    assert all((fleet.folder / "emsmta-audit" / f"report.{kind}").stat().st_mode & 0o777 == 0o640 for kind in KINDS)
    assert len(list((fleet.folder / "emsmta-audit").iterdir())) == len(KINDS)

    checked = fleet.run("audit", "--check", "--diff")
    assert "prediction" not in checked.stdout
    second = fleet.report()
    assert (second["since"]["compared_with"], second["check_mode"]) == (first["generated"], False)
    assert fleet.statuses() == STATUSES

    limited = fleet.run("audit", "--limit", f"exposed,{DRIVE_HOST}")
    assert limited.returncode == 0, limited.stdout
    third = fleet.report()
    assert third["complete"]
    looked = {"exposed": "exposed", DRIVE_HOST: "exposed"}
    assert fleet.statuses() == dict.fromkeys(SERVERS, "not_looked_at") | looked
    assert server_of(third, "protected")["last_status"] == "protected"
    assert server_of(third, "protected")["last_seen"] == second["generated"]
    assert third["since"]["gone"] == third["since"]["new"] == []
    assert fleet.contents() == before


@pytest.mark.parametrize(
    ("options", "env", "variables"),
    [
        (("-f", "1"), {"ANSIBLE_STRATEGY": "free"}, {"emsmta_audit_serial": 2}),
        pytest.param((), {"ANSIBLE_STRATEGY": "host_pinned"}, {"emsmta_audit_serial": "40%"}, marks=pytest.mark.long),
        pytest.param((), {"ANSIBLE_STRATEGY": "free"}, {}, marks=pytest.mark.long),
    ],
    ids=["free, one fork, and serial", "host_pinned and serial", "free"],
)
def test_batches_forks_and_strategies_make_no_difference(
    options: tuple[str, ...], env: dict[str, str], variables: dict[str, Any], fleet: Fleet
) -> None:
    fleet.run("audit")
    plain = fleet.report()
    done = fleet.run("audit", *options, env=env, **variables)
    report = fleet.report()
    assert done.returncode == 2, done.stdout + done.stderr
    assert (report["totals"], report["complete"]) == (TOTALS, True)
    assert report["since"]["compared_with"] == plain["generated"]
    last = {name: status for name, status in STATUSES.items() if name != DOWN}
    assert {server["name"]: server["last_status"] for server in report["servers"] if server["last_status"]} == last
    assert without_history(report) == without_history(plain)
    assert done.stdout.count("TASK [Report]") == (3 if variables else 1)
    assert done.stdout.count("not complete") == (2 if variables else 0)


def test_every_server_is_down(fleet: Fleet) -> None:
    for variables in fleet.hosts.values():
        variables.update(ansible_connection="legacy_exchange.winsock_proxy.smb", ansible_port=9)
        variables.setdefault("ansible_host", fleet.hosts[DOWN]["ansible_host"])
        variables.pop("emsmta_bypass_drives", None)
    done = fleet.run("audit")
    assert done.returncode == 2
    assert sorted(lines_of_servers(done.stdout)) == sorted(SERVERS), done.stdout
    assert "5 servers: 5 unreachable" in done.stdout
    assert set(fleet.statuses().values()) == {"unreachable"}


def test_a_word_for_events_that_is_none_is_refused_before_any_look(fleet: Fleet) -> None:
    done = fleet.run("audit", "--limit", "protected", emsmta_audit_events="maybe")
    assert done.returncode == 2
    assert "emsmta_audit_events: 'maybe' is neither true nor false" in done.stdout
    assert "TASK [Look]" not in done.stdout


def test_what_a_run_fails_on(fleet: Fleet) -> None:
    assert fleet.run("audit", "--limit", "exposed", emsmta_audit_fail_on="unknown, exposed").returncode == 2
    assert fleet.run("audit", "--limit", "protected", emsmta_audit_fail_on=["unknown", "exposed"]).returncode == 0


def test_what_is_wrong_with_the_variables_of_a_server_costs_no_report(fleet: Fleet) -> None:
    fleet.hosts["exposed"]["ansible_password"] = "{{ nowhere }}"
    fleet.hosts["purpose"]["emsmta_bypass_gather"] = ["tea leaves"]
    fleet.hosts[DRIVE_HOST]["emsmta_bypass_drives"] = {"C": str(fleet.folder / "not-there")}
    done = fleet.run("audit", emsmta_audit_folders="x")
    assert done.returncode == 2
    told = " ".join((done.stdout + done.stderr).split())
    assert "emsmta_audit_folders is no variable of the playbooks" in told
    assert fleet.statuses() == STATUSES | {"exposed": "failed", "purpose": "failed", DRIVE_HOST: "failed"}
    assert "nowhere" in server_of(fleet.report(), "exposed")["message"]
    assert "value of emsmta_bypass_gather must be" in server_of(fleet.report(), "purpose")["message"]
    assert "emsmta_bypass_drives: the folder of drive C:" in server_of(fleet.report(), DRIVE_HOST)["message"]


def test_an_interrupted_run_leaves_the_old_report_whole(fleet: Fleet) -> None:
    folder = fleet.folder / "emsmta-audit"
    folder.mkdir()
    before = {f"report.{kind}": b"as it was" for kind in KINDS}
    for name, data in before.items():
        (folder / name).write_bytes(data)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        fleet.hosts["exposed"].update(ansible_host="127.0.0.1", ansible_port=silent.getsockname()[1])
        fleet.cut_off("legacy_exchange.winsock_proxy.audit", silent)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_two_runs_at_once_into_two_folders(fleet: Fleet) -> None:
    quiet = subprocess.DEVNULL
    runs = []
    for name in ("one", "two"):
        command, env = fleet.command("legacy_exchange.winsock_proxy.audit", "-e", f"emsmta_audit_folder={name}")
        runs.append(subprocess.Popen(command, env=env, cwd=fleet.folder, stdout=quiet, stderr=quiet))
    assert [run.wait() for run in runs] == [2, 2]
    assert without_history(fleet.report("one")) == without_history(fleet.report("two"))
    assert fleet.statuses("one") == STATUSES


@pytest.mark.long
def test_a_folder_that_cannot_be_written_says_what_to_do(fleet: Fleet) -> None:
    (fleet.folder / "file").write_text("")
    done = fleet.run("audit", "--limit", "protected", emsmta_audit_folder="file/below")
    assert done.returncode == 2
    assert "by the variable emsmta_audit_folder" in done.stdout
    assert "TASK [Look]" not in done.stdout
