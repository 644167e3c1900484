# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays over SMB against the lab's servers, beside plays of `debug` and `ping` in the same run."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.bench.limits import Limit, Row
from tests.bench.memory import peak_of
from tests.bench.modules import Cost, measured
from tests.bench.wire import Wire
from tests.cases.samples import sample as text_of
from tests.lab.lab import PASSWORD, USER, Lab
from tests.lab.servers import Sample, samples
from tests.lab.winreg import WinReg

ROOT = Path(__file__).resolve().parents[2]
SERVERS = 100
ROUNDS = 3
PATH = "C:\\mspclnt\\Mspclnt.ini"
MANY = 400
# Against the play of ping over local hosts, in wall time.
FASTER_THAN_PING = 4
# With servers that take so long for each request, all forks are alive at once.
SLOW, FORKS_ALIVE, MOST_MEGABYTES = 0.5, (10, 50), 900
# For twice the servers: a straight line gives 2, and the rest is noise.
MOST_GROWTH = 2.6
DELAY, MOST_SECONDS = 0.05, 10
# A domain account against one of the servers' own, in wall time, where logons take their time.
MOST_OF_OWN, DELAYED_FORKS = 1.6, 20
EXPOSED = text_of("Q231878.mspclnt.ini")
PROTECTED = EXPOSED + b"[EMSMTA]\r\nDisable=1\r\n"
CHECK: tuple[str, ...] = ("--check",)
# The workgroup of the lab.
DOMAIN = "LAB"
SMB, LOCAL = "legacy_exchange.winsock_proxy.smb", "local"
ROLE: dict[str, Any] = {"roles": ["legacy_exchange.winsock_proxy.emsmta_bypass"]}
DEBUG: dict[str, Any] = {"tasks": [{"ansible.builtin.debug": {"msg": "x"}}]}
AUDIT: dict[str, Any] = {"tasks": [{"legacy_exchange.winsock_proxy.mspclnt_ini": {"path": PATH}}]}
INFO: dict[str, Any] = {"tasks": [{"legacy_exchange.winsock_proxy.emsmta_info": {}}]}
INFO_FILES: dict[str, Any] = {"tasks": [{"legacy_exchange.winsock_proxy.emsmta_info": {"gather": ["files"]}}]}
ROLE_FILES: dict[str, Any] = {**ROLE, "vars": {"emsmta_bypass_gather": ["files"]}}
# A playbook of the collection, by its name, and its one play without the last task, which reports.
REPORTED = "legacy_exchange.winsock_proxy.audit"
REPORTED_PLAY: dict[str, Any] = yaml.safe_load((ROOT / "playbooks" / "audit.yml").read_text(encoding="utf-8"))[0]
LOOK: dict[str, Any] = {**REPORTED_PLAY, "tasks": REPORTED_PLAY["tasks"][:-1]}
# Of the CPU of `debug`, for each server; against a look alone, in wall time.
MOST_ADDED, MOST_OF_LOOK = 0.3, 1.3
PING: dict[str, Any] = {"tasks": [{"ansible.builtin.ping": {}}]}
FIX: dict[str, Any] = {"tasks": [{"legacy_exchange.winsock_proxy.mspclnt_ini": {"path": PATH, "backup": True}}]}
# What is counted, the play, the limit, and the options of ansible-playbook.
REQUESTS: tuple[tuple[str, dict[str, Any], int, tuple[str, ...]], ...] = (
    ("mspclnt_ini with nothing to change", AUDIT, 12, CHECK),
    ("mspclnt_ini that fixes with a backup", FIX, 26, ()),
    ("emsmta_info, files", INFO_FILES, 22, CHECK),
    ("emsmta_info, files and registry", INFO, 65, CHECK),
)


class Play(NamedTuple):
    """A play to measure; limits against debug: CPU of the controller and wall, 0 for none.

    fixes: it runs on exposed servers and not in check mode.
    """

    play: dict[str, Any] | str
    cpu: float = 0.0
    wall: float = 0.0
    connection: str = SMB
    fixes: bool = False
    rounds: int = ROUNDS


PLAYS: dict[str, Play] = {
    "debug": Play(DEBUG),
    "mspclnt_ini": Play(AUDIT, 2.0, 3.0),
    "emsmta_info, files": Play(INFO_FILES, 2.5),
    "emsmta_info": Play(INFO, 6.0),
    "audit, its look": Play(LOOK),
    "audit": Play(REPORTED),
    "role, files": Play(ROLE_FILES, 4.0, 6.0),
    "role": Play(ROLE, 4.3, 6.0),
    "role that fixes": Play(ROLE, 11.0, fixes=True),
    "ping, local": Play(PING, connection=LOCAL, rounds=1),
}


def smb_rows(folder: Path) -> list[Row | str]:
    """Give the table rows, all plays in turn, at 5 forks."""
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
            for name, measured_play in PLAYS.items():
                if turn < measured_play.rounds:
                    times[name].append(_measure(folder, lab, measured_play, hosts))
        rows = [*_table(times), *_delayed_rows(folder, lab), *_request_rows(folder, lab)]
    return [*rows, *_growth_rows(folder, sample)]


def _measure(folder: Path, lab: Lab, what: Play, hosts: dict[str, dict[str, Any]]) -> Cost:
    files = [lab.drive(address, "C") / "mspclnt" / "MSPCLNT.INI" for address in lab.addresses]
    for file in files:
        file.write_bytes(EXPOSED if what.fixes else PROTECTED)
    cost = run_play(folder, what.play, what.connection, hosts, 5, () if what.fixes else CHECK)
    if what.fixes and any(file.read_bytes() != PROTECTED for file in files):
        sys.exit("The play to measure has not fixed all servers")
    return cost


def _table(times: dict[str, list[Cost]]) -> list[Row | str]:
    rows: list[Row | str] = [
        f"One play over {SERVERS} protected servers in check mode, 5 forks; median of {ROUNDS} rounds (ping: one). "
        "The role that fixes: exposed ones, not in check mode"
    ]
    middle = {name: _median(costs) for name, costs in times.items()}
    rows += [_play_row(name, cost, middle["debug"]) for name, cost in middle.items()]
    faster = middle["ping, local"].wall / middle["mspclnt_ini"].wall
    name = "mspclnt_ini against ping, local"
    rows.append(Row(name, f"{name}: {faster:.1f} times faster", (Limit("", faster, FASTER_THAN_PING, least=True),)))
    return [*rows, _added_row(times)]


def _added_row(times: dict[str, list[Cost]]) -> Row:
    """Tell what the report adds to a look that prints a line for each server."""
    turns = zip(times["audit"], times["audit, its look"], times["debug"], strict=True)
    added = statistics.median((audit.cpu - look.cpu) / debug.cpu for audit, look, debug in turns)
    name = "what the report adds to the look"
    return Row(name, f"{name}: {added:.2f} times debug's CPU", (Limit("", added, MOST_ADDED),))


def _median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(cost[at] for cost in costs) for at in (0, 1)))


def _play_row(name: str, cost: Cost, debug: Cost) -> Row:
    cpu, wall = cost.cpu / debug.cpu, cost.wall / debug.wall
    limits = (Limit("CPU", cpu, PLAYS[name].cpu), Limit("wall", wall, PLAYS[name].wall))
    times_debug = f"{cpu:5.2f} times debug's CPU, {wall:5.2f} times its wall"
    text = f"{name:18} {cost.wall:6.2f} s wall {cost.cpu:6.2f} s CPU  {times_debug}"
    return Row(name, text, tuple(limit for limit in limits if limit.bound))


def _delayed_rows(folder: Path, lab: Lab) -> list[Row]:
    """Measure the audit with a delay of each request, with an account of the servers' own and one of a domain."""
    pairs = []
    with Wire([f"{address}:{lab.port}" for address in lab.addresses], DELAY) as wire:
        hosts = _through(wire, lab)
        for _turn in range(ROUNDS):
            pairs.append(
                [run_play(folder, AUDIT, SMB, hosts, DELAYED_FORKS, CHECK, domain).wall for domain in ("", DOMAIN)]
            )
    own, of_domain = (statistics.median(pair[at] for pair in pairs) for at in (0, 1))
    ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
    name = f"mspclnt_ini with {DELAY * 1000:.0f} ms delay on the wire, {DELAYED_FORKS} forks"
    other = f"{name}, domain account"
    return [
        Row(name, f"{name}: {own:.1f} s wall", (Limit("", own, MOST_SECONDS),)),
        Row(other, f"{other}: {of_domain:.1f} s wall, {ratio:.2f} times", (Limit("times", ratio, MOST_OF_OWN),)),
    ]


def _request_rows(folder: Path, lab: Lab) -> list[Row]:
    """Count the requests of one task on one server."""
    rows = []
    ini = lab.drive(lab.addresses[0], "C") / "mspclnt" / "MSPCLNT.INI"
    for name, play, limit, options in REQUESTS:
        ini.write_bytes(PROTECTED if options else EXPOSED)
        with Wire([f"{lab.addresses[0]}:{lab.port}"], 0.0) as wire:
            run_play(folder, play, SMB, _through(wire, lab), 1, options)
        count = wire.requests[0]
        rows.append(Row(f"requests of {name}", f"requests of {name}: {count}", (Limit("", count, limit),)))
    ini.write_bytes(PROTECTED)
    return rows


def _through(wire: Wire, lab: Lab) -> dict[str, dict[str, Any]]:
    # Each address is another host: the logons to one host wait for each other.
    return {address: {"ansible_port": port} for address, port in zip(lab.addresses, wire.ports, strict=False)}


def _growth_rows(folder: Path, sample: Sample) -> list[Row | str]:
    """Measure the audit of 200 and of 400 servers at 50 forks, and the memory where all forks are alive at once."""
    rows: list[Row | str] = [f"  {'servers':12} wall and CPU at 50 forks"]
    costs = []
    with Lab(folder / "many", MANY) as lab:
        for address in lab.addresses:
            sample.furnish(folder / "many" / "hosts" / address)
        for count in (MANY // 2, MANY):
            hosts: dict[str, dict[str, Any]] = {each: {"ansible_port": lab.port} for each in lab.addresses[:count]}
            costs.append(run_play(folder, AUDIT, SMB, hosts, 50))
            rows.append(f"  {count:<12} {costs[-1].wall:6.2f} s wall {costs[-1].cpu:6.2f} s CPU")
        return [*rows, _growth_row(*costs), _memory_row(folder, lab), _audit_row(folder, lab)]


def _audit_row(folder: Path, lab: Lab) -> Row:
    """Compare the audit of all servers, of which every other is exposed, with a look alone, in turn."""
    for address in lab.addresses[::2]:
        (lab.drive(address, "C") / "mspclnt" / "MSPCLNT.INI").write_bytes(EXPOSED)
    own = {"ansible_port": lab.port, "emsmta_bypass_gather": ["files"]}
    hosts: dict[str, dict[str, Any]] = dict.fromkeys(lab.addresses, own)
    pairs = [[run_play(folder, play, SMB, hosts, 50, ()) for play in (INFO_FILES, REPORTED)] for _turn in range(ROUNDS)]
    look, audit = (statistics.median(pair[at].wall for pair in pairs) for at in (0, 1))
    times = statistics.median(pair[1].wall / pair[0].wall for pair in pairs)
    name = f"audit of {MANY} servers, files"
    text = f"{name}: {audit:.2f} s wall, emsmta_info {look:.2f} s, {times:.2f} times"
    return Row(name, text, (Limit("times", times, MOST_OF_LOOK),))


def _memory_row(folder: Path, lab: Lab) -> Row:
    """Measure the memory of all processes, with servers so slow that no fork ends before the last has begun."""
    peaks = []
    for forks in FORKS_ALIVE:
        with Wire([f"{address}:{lab.port}" for address in lab.addresses[:forks]], SLOW) as wire, peak_of() as peak:
            run_play(folder, AUDIT, SMB, _through(wire, lab), forks)
        peaks.append(peak.megabytes)
    each = (peaks[1] - peaks[0]) / (FORKS_ALIVE[1] - FORKS_ALIVE[0])
    name = f"memory of all processes, {FORKS_ALIVE[1]} forks alive at once ({SLOW:g} s a request)"
    return Row(name, f"{name}: {peaks[1]:.0f} MB, {each:.1f} MB a fork", (Limit("MB", peaks[1], MOST_MEGABYTES),))


def _growth_row(half: Cost, whole: Cost) -> Row:
    """Compare twice the servers with a straight line."""
    wall, cpu = whole.wall / half.wall, whole.cpu / half.cpu
    name = f"{MANY // 2} to {MANY}"
    text = f"{name:12} {wall:6.2f} times wall {cpu:6.2f} times CPU: a straight line is 2, plus noise"
    return Row(f"growth from {name}", text, (Limit("wall", wall, MOST_GROWTH), Limit("CPU", cpu, MOST_GROWTH)))


def run_play(
    folder: Path,
    play: dict[str, Any] | str,
    connection: str,
    hosts: dict[str, dict[str, Any]],
    forks: int,
    options: tuple[str, ...] = CHECK,
    domain: str = "",
) -> Cost:
    """Run a play, or a playbook by its name, over hosts with their variables."""
    variables = {
        "ansible_smb_domain": domain,
        "ansible_connection": connection,
        "ansible_user": USER,
        "ansible_password": PASSWORD,
        "ansible_python_interpreter": str(Path(sys.executable).with_name("python3")),
        "emsmta_audit_folder": str(folder / "audit"),
    }
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": variables}}))
    playbook = play if isinstance(play, str) else str(folder / "play.json")
    if not isinstance(play, str):
        Path(playbook).write_text(json.dumps([{"hosts": "all", "gather_facts": False, **play}]))
    program = str(Path(sys.executable).parent / "ansible-playbook")
    command = [program, *options, "--inventory", str(folder / "hosts.json"), playbook]
    return measured(command, {"ANSIBLE_FORKS": str(forks)})
