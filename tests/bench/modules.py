# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole plays with connection local over 20 hosts: the module against ini_file and ping."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.bench.engine import big_file
from tests.bench.limits import Limit, Row

PACKAGE = "ansible_collections.legacy_exchange.winsock_proxy.plugins.modules"
HOSTS = 20
ROUNDS = 5
# Pairs of single processes, which are short.
TURNS = 25
# What the module costs on a target, against ini_file.
MOST_OF_INI_FILE = 1.1
SAMPLE = b"[Common]\r\nPort=1745\r\n[lsass]\r\nDisable=1\r\n[EMSMTA]\r\nDisable=1\r\n"
# Another name of the same Python: the module then runs as on any target, not in process.
AS_TARGET = str(Path(sys.executable).with_name("python3"))
PLAYS = {
    "mspclnt_ini": ("legacy_exchange.winsock_proxy.mspclnt_ini", {"path": "{{ ini }}"}),
    "mspclnt_ini, module": ("legacy_exchange.winsock_proxy.mspclnt_ini", {"path": "{{ ini }}"}),
    "ini_file": (
        "community.general.ini_file",
        {"path": "{{ ini }}", "section": "EMSMTA", "option": "Disable", "value": "1", "no_extra_spaces": True},
    ),
    "ping": ("ansible.builtin.ping", {}),
}


class Cost(NamedTuple):
    """Seconds of one play: wall and CPU."""

    wall: float
    cpu: float


def module_rows(folder: Path) -> list[Row | str]:
    """Give the table rows, all plays in turn."""
    times: dict[str, list[Cost]] = {name: [] for name in PLAYS}
    for _round in range(ROUNDS):
        for name in PLAYS:
            times[name].append(run(folder, name))
    rows: list[Row | str] = [
        f"One task on {HOSTS} hosts, connection local, nothing to change; median of {ROUNDS} rounds in turn"
    ]
    ping = statistics.median(cost.wall for cost in times["ping"])
    for name, costs in times.items():
        wall = statistics.median(cost.wall for cost in costs)
        cpu = statistics.median(cost.cpu for cost in costs)
        rows.append(f"  {name:20} {wall:6.2f} s wall {cpu:6.2f} s CPU   {wall / ping:5.2f} times ping")
    return [*rows, *(_pair_row(name, times) for name in ("mspclnt_ini", "mspclnt_ini, module")), target_row(folder)]


def _pair_row(name: str, times: dict[str, list[Cost]]) -> str:
    """Compare with ini_file and ping, pair by pair; the play loads the SMB library once, whatever its connection."""
    wall, cpu = (_ratio(times[name], times["ini_file"], at) for at in (0, 1))
    return (
        f"  {name} against ini_file: {wall:.2f} wall, {cpu:.2f} CPU; "
        f"against ping: {_ratio(times[name], times['ping'], 0):.2f} wall (medians of the pairs)"
    )


def target_row(folder: Path) -> Row:
    """Compare the process of the module on a target with that of ini_file, as Ansible sends them, in turn."""
    scripts = {name: sent(folder, name) for name in ("mspclnt_ini, module", "ini_file")}
    times: dict[str, list[Cost]] = {name: [] for name in scripts}
    for _turn in range(TURNS):
        for name, script in scripts.items():
            times[name].append(measured([AS_TARGET, str(script)], {}))
    wall, cpu = (_ratio(times["mspclnt_ini, module"], times["ini_file"], at) for at in (0, 1))
    name = "process on the target"
    text = f"mspclnt_ini, {name}, against ini_file: {wall:.2f} wall, {cpu:.2f} CPU (medians of {TURNS} pairs)"
    return Row(name, text, (Limit("wall", wall, MOST_OF_INI_FILE), Limit("CPU", cpu, MOST_OF_INI_FILE)))


def sent(folder: Path, name: str) -> Path:
    """Give the program that Ansible sends to a target for a module with its options."""
    place = folder / f"sent {name}"
    settings = {"ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TMP": str(place), "ANSIBLE_PIPELINING": "0"}
    run(folder, name, hosts=1, settings=settings)
    return next(place.rglob("AnsiballZ_*.py"))


def _ratio(costs: list[Cost], others: list[Cost], at: int) -> float:
    return statistics.median(cost[at] / other[at] for cost, other in zip(costs, others, strict=True))


def run(folder: Path, name: str, hosts: int = HOSTS, settings: Mapping[str, str] | None = None) -> Cost:
    """Run one play over so many hosts."""
    module, options = PLAYS[name]
    ini = folder / f"{name}.ini"
    ini.write_bytes(SAMPLE)
    play = [{"hosts": "all", "gather_facts": False, "tasks": [{module: options}]}]
    (folder / "play.json").write_text(json.dumps(play))
    names: dict[str, dict[str, str]] = {f"host{number:02}": {} for number in range(hosts)}
    python = AS_TARGET if "module" in name else sys.executable
    variables = {"ansible_connection": "local", "ansible_python_interpreter": python, "ini": str(ini)}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": names, "vars": variables}}))
    program = str(Path(sys.executable).parent / "ansible-playbook")
    command = [program, "--inventory", str(folder / "hosts.json"), str(folder / "play.json")]
    return measured(command, {"ANSIBLE_FORKS": "5", **(settings or {})})


def measured(command: list[str], settings: dict[str, str]) -> Cost:
    """Run a command to its good end, and give what it cost with all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"The play to measure has failed:\n{done.stdout}{done.stderr}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def module_memory_row(folder: Path) -> str:
    """Give the peak memory of the module's process on the file of 1 MB, above that on a tiny one."""
    big, tiny = folder / "big.ini", folder / "tiny.ini"
    big.write_bytes(big_file())
    tiny.write_bytes(b"[x]\r\n")
    sizes = [
        peak(folder, f"{PACKAGE}.mspclnt_ini", {"path": str(path), "_ansible_check_mode": True}) for path in (big, tiny)
    ]
    times = (sizes[0] - sizes[1]) * 1024 / big.stat().st_size
    return f"Module, peak memory on the same file in check mode: {times:.1f} times its size above that on a tiny file"


def peak(folder: Path, module: str, options: dict[str, object]) -> int:
    """Give the largest resident size of a module's process, in KiB."""
    arguments = folder / "arguments.json"
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
    # The process tells it of itself: what the system adds up afterwards begins with the size of this one.
    code = (
        "import runpy, sys\n"
        f"sys.argv[1:] = [{str(arguments)!r}]\n"
        "try:\n"
        f"    runpy.run_module({module!r}, run_name='__main__')\n"
        "finally:\n"
        "    status = open('/proc/self/status').read()\n"
        "    print(status.split('VmHWM:')[1].split()[0], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"The module to measure has failed: {done.stdout}{done.stderr}")
    return int(done.stderr.split()[-1])
