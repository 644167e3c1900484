# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make lab`: what it starts, what it prints, and what it leaves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import __main__ as make_lab
from tests.lab.lab import LONGEST, Lab
from tests.smb.callers import Caller, offers_extended_security
from tests.smb.plays import ROOT, ansible

FLEET = 30
# Of a user who is not root; and nothing is written into the tree.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.lab", "--folder", str(folder), *arguments]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def recorded(folder: Path) -> list[int]:
    return [int(line.split()[0]) for line in (folder / "pids").read_text().splitlines()]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.CompletedProcess[str]]]:
    """A lab, and what was printed when it was started; ended and gone at the end."""
    folder = tmp_path_factory.mktemp("make") / "my lab"
    try:
        done = run(folder, "up", "--fleet", str(FLEET))
        assert done.returncode == 0, done.stderr
        pids = recorded(folder)
        assert all(processes_of(pid) for pid in pids)
        yield folder, done
    finally:
        run(folder, "down")
    assert not folder.exists()
    assert not any(processes_of(pid) for pid in pids)


def groups_of(folder: Path) -> dict[str, Any]:
    groups: dict[str, Any] = json.loads((folder / "inventory.json").read_text())
    return groups


def test_all_kinds_are_started_and_answer(started: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _printed = started
    groups = groups_of(folder)
    done = ansible(folder / "inventory.json", "all", "-f", "10", "-o")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("SUCCESS") == sum(len(group["hosts"]) for group in groups.values())
    assert set(groups) == {"exchange", "emsmta_proxies", "nt4", "signing", "fleet"}
    assert len(groups["fleet"]["hosts"]) == FLEET
    exchange = groups["exchange"]
    address = exchange["hosts"]["ex01-exposed"]["ansible_host"]
    assert (folder / "hosts" / address / "C" / "WINNT").is_dir()
    assert {"ansible_port", "ansible_user", "ansible_password", "spare_address"} <= set(exchange["vars"])


def test_nt4_is_as_it_was(started: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    nt4 = groups_of(started[0])["nt4"]
    session = Caller(nt4["hosts"]["nt4-small"]["ansible_host"], nt4["vars"]["ansible_port"]).connect()
    assert session.chunk == 4096
    assert not offers_extended_security(session)


def test_the_commands_that_are_printed_run_as_pasted(started: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, printed = started
    home = folder.parent / "home"
    home.mkdir()
    env = ENVIRONMENT | {"HOME": str(home)}
    pasted = ["/bin/sh", "-c", printed.stderr]
    done = subprocess.run(pasted, cwd="/", env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    groups = groups_of(folder)
    assert done.stdout.count("SUCCESS") == len(groups["exchange"]["hosts"])
    assert (folder / "audit" / "report.html").exists()
    audited = sum(len(group["hosts"]) for name, group in groups.items() if name != "emsmta_proxies")
    assert f"{audited} servers: " in done.stdout
    assert "fits what remote MTAs refused, and logged it too: ex01-exposed" in done.stdout
    report = json.loads((folder / "audit" / "report.json").read_text())
    told = {server["name"]: server["in_force"] for server in report["servers"]}
    assert (told["ex02-protected"], told["ex03-odd-spelling"]) == ("yes", "unknown")
    assert {row["remote"] for each in report["evidence"]["servers"] for row in each["refused"]} >= {"ex06-no-client"}


def test_run_again_it_keeps_the_lab_or_says_how_to_end_it(
    started: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _printed = started
    before = recorded(folder), groups_of(folder)
    again = run(folder, "up", "--fleet", str(FLEET))
    assert again.returncode == 0
    assert "is kept" in again.stdout
    other = run(folder, "up")
    assert other.returncode != 0
    assert "make lab-down" in other.stderr
    assert (recorded(folder), groups_of(folder)) == before


def test_a_lab_of_which_a_part_has_ended_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "inventory.json").write_text("{}")
    assert not make_lab._runs(tmp_path)
    (tmp_path / "pids").write_text("1 0\n")
    assert not make_lab._runs(tmp_path)


@pytest.mark.parametrize("count", [12, 100])
def test_an_inventory_is_printed_whole_or_named(count: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hosts = {f"fleet{number:03}": {"ansible_host": f"127.0.0.{number}"} for number in range(count)}
    inventory = {"fleet": {"hosts": hosts, "vars": {"ansible_port": 445}}}
    make_lab._explain(tmp_path / "inventory.json", inventory)
    printed = capsys.readouterr()
    assert yaml.safe_load(printed.out) == (inventory if count == 12 else None)
    assert f"# fleet: {count} servers" in printed.out or count == 12
    assert f"All of it is in {tmp_path}/inventory.json" in printed.err


def test_sockets_of_a_long_path_lie_elsewhere_and_go(tmp_path: Path) -> None:
    base = tmp_path / ("long" * 20)
    with Lab(base, 1) as lab:
        Caller(lab.addresses[0], lab.port).connect()
        sockets = (base / "private").readlink().parent
        assert len(str(sockets)) <= LONGEST
    assert not sockets.exists()
    shutil.rmtree(base)


def processes_of(group: int) -> list[int]:
    """Give the living processes of a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found
