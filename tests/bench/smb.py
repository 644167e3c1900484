# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays over SMB against the lab's servers, beside plays of `debug` and `ping` in the same run."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any

from tests.bench.memory import peak_of
from tests.bench.modules import Cost, measured
from tests.bench.wire import Wire
from tests.lab.lab import PASSWORD, USER, Lab
from tests.lab.servers import Sample, samples
from tests.lab.winreg import WinReg
from tests.unit.edit_cases import sample as text_of

SERVERS = 100
ROUNDS = 3
PATH = "C:\\mspclnt\\Mspclnt.ini"
MANY = 400
EXPOSED = text_of("Q231878.mspclnt.ini")
PROTECTED = EXPOSED + b"[EMSMTA]\r\nDisable=1\r\n"
CHECK: tuple[str, ...] = ("--check",)
SMB, LOCAL = "legacy_exchange.winsock_proxy.smb", "local"
ROLE: dict[str, Any] = {"roles": ["legacy_exchange.winsock_proxy.emsmta_bypass"]}
DEBUG: dict[str, Any] = {"tasks": [{"ansible.builtin.debug": {"msg": "x"}}]}
AUDIT: dict[str, Any] = {"tasks": [{"legacy_exchange.winsock_proxy.mspclnt_ini": {"path": PATH}}]}
INFO: dict[str, Any] = {"tasks": [{"legacy_exchange.winsock_proxy.emsmta_info": {}}]}
INFO_FILES: dict[str, Any] = {"tasks": [{"legacy_exchange.winsock_proxy.emsmta_info": {"gather": ["files"]}}]}
ROLE_FILES: dict[str, Any] = {**ROLE, "vars": {"emsmta_bypass_gather": ["files"]}}
PING: dict[str, Any] = {"tasks": [{"ansible.builtin.ping": {}}]}
FIX: dict[str, Any] = {"tasks": [{"legacy_exchange.winsock_proxy.mspclnt_ini": {"path": PATH, "backup": True}}]}
# What is counted, the play, the limit, and the options of ansible-playbook.
REQUESTS: tuple[tuple[str, dict[str, Any], int, tuple[str, ...]], ...] = (
    ("mspclnt_ini with nothing to change", AUDIT, 12, CHECK),
    ("mspclnt_ini that fixes with a backup", FIX, 26, ()),
    ("emsmta_info, files", INFO_FILES, 20, CHECK),
    ("emsmta_info, files and registry", INFO, 60, CHECK),
)
# Play, connection, limits against debug: CPU of the controller, and wall.
PLAYS: dict[str, tuple[dict[str, Any], str, float, float]] = {
    "debug": (DEBUG, SMB, 0.0, 0.0),
    "mspclnt_ini": (AUDIT, SMB, 2.0, 3.0),
    "emsmta_info, files": (INFO_FILES, SMB, 2.5, 0.0),
    "emsmta_info": (INFO, SMB, 6.0, 0.0),
    "role, files": (ROLE_FILES, SMB, 6.0, 6.0),
    "role": (ROLE, SMB, 10.0, 10.0),
    "ping, local": (PING, LOCAL, 0.0, 0.0),
}


def smb_rows(folder: Path) -> list[str]:
    """Give the table rows, all plays in turn, in check mode at 5 forks."""
    sample = next(each for each in samples() if each.name == "ex02-protected")
    with (
        Lab(folder / "lab", SERVERS) as lab,
        WinReg(folder / "lab", dict.fromkeys(lab.addresses, sample.registry or {})),
    ):
        for address in lab.addresses:
            sample.furnish(folder / "lab" / "hosts" / address)
        hosts: dict[str, dict[str, Any]] = {address: {"ansible_port": lab.port} for address in lab.addresses}
        times: dict[str, list[Cost]] = {name: [] for name in PLAYS}
        for turn in range(ROUNDS):
            for name, (play, connection, _cpu, _wall) in PLAYS.items():
                if turn == 0 or name != "ping, local":
                    times[name].append(_run(folder, play, connection, hosts, 5))
        rows = [*_table(times), _delayed_row(folder, lab), *_request_rows(folder, lab)]
    return [*rows, *_growth_rows(folder, sample)]


def _table(times: dict[str, list[Cost]]) -> list[str]:
    rows = [f"One play over {SERVERS} protected servers in check mode, 5 forks; median of {ROUNDS} rounds (ping: one)"]
    cpu, wall = (statistics.median(cost[at] for cost in times["debug"]) for at in (1, 0))
    for name, costs in times.items():
        own_cpu, own_wall = (statistics.median(cost[at] for cost in costs) for at in (1, 0))
        limits = " and ".join(
            f"{what} at most {limit:g}" for what, limit in zip(("CPU", "wall"), PLAYS[name][2:], strict=True) if limit
        )
        times_debug = f"{own_cpu / cpu:5.2f} times debug's CPU, {own_wall / wall:5.2f} times its wall"
        rows.append(f"  {name:18} {own_wall:6.2f} s wall {own_cpu:6.2f} s CPU  {times_debug}  ({limits or 'no limit'})")
    return rows


def _delayed_row(folder: Path, lab: Lab) -> str:
    """Measure the audit with 50 ms of delay for each request."""
    with Wire([f"{address}:{lab.port}" for address in lab.addresses], 0.05) as wire:
        cost = _run(folder, AUDIT, SMB, _through(wire, lab), 20)
    return f"  mspclnt_ini with 50 ms delay on the wire, 20 forks: {cost.wall:.1f} s wall (at most 10)"


def _request_rows(folder: Path, lab: Lab) -> list[str]:
    """Count the requests of one task on one server."""
    rows = []
    ini = lab.drive(lab.addresses[0], "C") / "mspclnt" / "MSPCLNT.INI"
    for name, play, limit, options in REQUESTS:
        ini.write_bytes(PROTECTED if options else EXPOSED)
        with Wire([f"{lab.addresses[0]}:{lab.port}"], 0.0) as wire:
            _run(folder, play, SMB, _through(wire, lab), 1, options)
        rows.append(f"  requests of {name}: {wire.requests[0]} (at most {limit})")
    ini.write_bytes(PROTECTED)
    return rows


def _through(wire: Wire, lab: Lab) -> dict[str, dict[str, Any]]:
    # Each address is another host: the logons to one host wait for each other.
    return {address: {"ansible_port": port} for address, port in zip(lab.addresses, wire.ports, strict=False)}


def _growth_rows(folder: Path, sample: Sample) -> list[str]:
    """Measure the audit of 200 and of 400 servers at 50 forks: time, and the memory of all processes."""
    with Lab(folder / "many", MANY) as lab:
        for address in lab.addresses:
            sample.furnish(folder / "many" / "hosts" / address)
        rows = [f"  {'servers':12} wall, CPU, and memory of all processes at 50 forks (at most 300 MB)"]
        for count in (MANY // 2, MANY):
            hosts: dict[str, dict[str, Any]] = {each: {"ansible_port": lab.port} for each in lab.addresses[:count]}
            with peak_of() as peak:
                cost = _run(folder, AUDIT, SMB, hosts, 50)
            rows.append(f"  {count:<12} {cost.wall:6.2f} s wall {cost.cpu:6.2f} s CPU  {peak.megabytes:4.0f} MB")
    return rows


def _run(
    folder: Path,
    play: dict[str, Any],
    connection: str,
    hosts: dict[str, dict[str, Any]],
    forks: int,
    options: tuple[str, ...] = CHECK,
) -> Cost:
    variables = {
        "ansible_connection": connection,
        "ansible_user": USER,
        "ansible_password": PASSWORD,
        "ansible_python_interpreter": str(Path(sys.executable).with_name("python3")),
    }
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": variables}}))
    (folder / "play.json").write_text(json.dumps([{"hosts": "all", "gather_facts": False, **play}]))
    program = str(Path(sys.executable).parent / "ansible-playbook")
    command = [program, *options, "--inventory", str(folder / "hosts.json"), str(folder / "play.json")]
    return measured(command, {"ANSIBLE_FORKS": str(forks)})
