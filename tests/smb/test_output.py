# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the role tells: one message for each server, which has an end, whatever the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases.samples import sample
from tests.lab.lab import Lab
from tests.lab.servers import OPTIONS, Sample, samples
from tests.lab.winreg import WinReg
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import ROLE, play

MSPCLNT = sample("Q231878.mspclnt.ini")
FIX = b"[EMSMTA]\r\nDisable=1\r\n"
SERVERS = {
    "right": (MSPCLNT + FIX, "protected (inferred): "),
    "changed": (MSPCLNT, "exposed -> protected (inferred): "),
    "refused": (MSPCLNT + b"[EMSMTA]\r\nServerBindTcpPorts=102\r\n", "Left alone, status exposed: "),
    "not applicable": (None, "not_applicable (inferred): "),
}


@pytest.fixture(scope="module", params=["check", "run"])
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is printed for a server of each kind, line by line."""
    folder = tmp_path_factory.mktemp("output")
    with Lab(folder / "lab", len(SERVERS), drives="C") as lab:
        furnish_exposed(lab)
        hosts = dict(zip(SERVERS, lab.addresses, strict=True))
        for name, (mspclnt, _message) in SERVERS.items():
            drive = lab.drive(hosts[name], "C")
            (drive / "mspclnt/Mspclnt.ini").write_bytes(mspclnt or b"")
            if mspclnt is None:
                (drive / "mspclnt/Mspclnt.ini").unlink()
                (drive / "WINNT/SYSTEM.INI").write_bytes(b"[drivers]\r\n")
        done = play(lab, folder, ROLE, *(["--check"] if request.param == "check" else []))
    lines = done.stdout.splitlines()
    return {name: [line for line in lines if f"[{address}]" in line] for name, address in hosts.items()}


@pytest.mark.parametrize("kind", SERVERS)
def test_one_message_for_each_server(kind: str, printed: dict[str, list[str]]) -> None:
    told = [line for line in printed[kind] if SERVERS[kind][1] in line]
    assert len(told) == 1, told


LONGEST = {"ok": 200}
LONGEST_REFUSAL = 600
# A play that goes on whatever becomes of a server, and keeps all results.
KEEP = {
    "ansible.builtin.copy": {
        "dest": "{{ kept }}",
        "content": "{{ dict(ansible_play_hosts_all | zip(ansible_play_hosts_all | map('extract', hostvars, "
        "'emsmta_bypass_result'))) | to_json }}",
    },
    "run_once": True,
    "check_mode": False,
    "connection": "local",
    "delegate_to": "localhost",
    "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
}
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}


def variables(server: Sample, drives: Path | None) -> dict[str, Any]:
    """Give a server's variables: what a sample gives as options, and in one world its drives."""
    given = {name: value for name, value in server.options.items() if value != OPTIONS[name]}
    own = {f"emsmta_bypass_{name}": value for name, value in given.items()}
    if drives is None:
        return own
    return own | LOCAL | {"emsmta_bypass_drives": {letter: str(drives / letter) for letter in server.drives}}


# Behind SMB with some of the samples; both worlds with all of them where there is time.
SOME, ALL = 12, 1
FLEETS = [
    pytest.param((world, each), id=f"{world}-{'all' if each == ALL else 'some'}", marks=marks)
    for world, each, marks in (("smb", SOME, ()), ("smb", ALL, pytest.mark.long), ("drives", ALL, pytest.mark.long))
]


@pytest.fixture(scope="module", params=FLEETS)
def fleet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Samples in one world, every so manyth: what the role told of each, in check mode and then for real."""
    world, each = request.param
    servers = [server for server in samples() if world in server.worlds][::each]
    base = tmp_path_factory.mktemp("fleet")
    with Lab(base, len(servers), drives="CDE") as lab:
        hosts = dict(zip(lab.addresses, servers, strict=True))
        for address, server in hosts.items():
            server.furnish(base / "hosts" / address)
            if world == "smb":
                lab.put_system_root(address, server.system_root)
            else:
                server.add_hives(base / "hosts" / address)
        own = {
            address: variables(server, base / "hosts" / address if world == "drives" else None)
            for address, server in hosts.items()
        }
        faults = {address: server.fault or "denied" * (server.registry is None) for address, server in hosts.items()}
        with WinReg(base, {address: server.registry or {} for address, server in hosts.items()}, faults):
            yield {
                mode: told(lab, base, own, hosts, *options) for mode, options in (("check", ("--check",)), ("run", ()))
            }


def told(
    lab: Lab, base: Path, own: dict[str, dict[str, Any]], hosts: dict[str, Sample], *options: str
) -> dict[str, dict[str, Any]]:
    kept = base / "kept.json"
    what = {**ROLE, "ignore_errors": True, "post_tasks": [KEEP]}
    done = play(lab, base, what, *options, own=own, kept=str(kept))
    assert kept.exists(), done.stdout + done.stderr
    results = json.loads(kept.read_text())
    return {hosts[address].name: result for address, result in results.items()}


@pytest.mark.parametrize("mode", ["check", "run"])
def test_no_server_gets_a_long_message(mode: str, fleet: dict[str, Any]) -> None:
    results = fleet[mode]
    assert {"ok", "refused"} <= {result["outcome"] for result in results.values()} <= {"ok", "refused", "failed"}
    long = {
        name: result["message"]
        for name, result in results.items()
        if not 0 < len(result["message"]) <= LONGEST.get(result["outcome"], LONGEST_REFUSAL)
    }
    assert not long
    assert not [name for name, each in results.items() if each["outcome"] == "ok" and "\\" in each["message"]]


@pytest.mark.parametrize("mode", ["check", "run"])
def test_a_change_is_told_by_both_names(mode: str, fleet: dict[str, Any]) -> None:
    changes = [change for result in fleet[mode].values() for change in result["changes"]]
    assert changes
    for change in changes:
        assert change["path"][1:3] == ":\\"
        assert change["local"].startswith(("/", "\\\\"))
        assert change["backup_file"].rpartition("\\")[0] == change["path"].rpartition("\\")[0]
        assert Path(change["backup_local"]).suffix == ".bak"
        separator = "/" if change["local"].startswith("/") else "\\"
        assert change["backup_local"].rpartition(separator)[0] == change["local"].rpartition(separator)[0]


def test_what_is_predicted_comes_true(fleet: dict[str, Any]) -> None:
    keys = ("outcome", "changed", "changes", "status_before", "status_after")
    predicted, real = ({name: [each[key] for key in keys] for name, each in fleet[mode].items()} for mode in fleet)
    assert predicted == real
