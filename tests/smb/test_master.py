# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's entry point master, in both worlds: the master copy of a proxy server, never missing for a moment."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.cases.samples import sample
from tests.lab.lab import Lab
from tests.smb.plays import play

ROLE = "legacy_exchange.winsock_proxy.emsmta_bypass"
MASTER = sample("Q231878.mspclnt.ini")
FIX = b"[EMSMTA]\r\nDisable=1\r\n"
ISA = b"; This file should not be edited.\r\n[Common]\r\nPort=1745\r\n"
WORLDS = ("smb", pytest.param("drives", marks=pytest.mark.long))


class World:
    """A proxy server, behind SMB or with its drive visible."""

    def __init__(self, lab: Lab, name: str, folder: Path) -> None:
        self._lab = lab
        self._folder = folder
        self.drive = lab.drive(lab.addresses[0], "C")
        self._variables: dict[str, Any] = {}
        if name == "drives":
            self._variables = {
                "ansible_connection": "local",
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                "emsmta_bypass_drives": {"C": str(self.drive)},
            }

    def put(self, data: bytes, path: str = "Msp/Clients/MSPCLNT.INI") -> Path:
        """Write the master copy."""
        target = self.drive / path
        target.parent.mkdir(parents=True, exist_ok=True)
        for other in target.parent.iterdir():
            other.unlink()
        target.write_bytes(data)
        return target

    def run(self, *options: str, rounds: int = 1, **variables: Any) -> CompletedProcess[str]:
        """Run the entry point; with rounds, ensure and remove in turn."""
        states = [variables.pop("state", "present")] if rounds == 1 else ["present", "absent"] * (rounds // 2)
        tasks = [
            {"ansible.builtin.include_role": {"name": ROLE, "tasks_from": "master"}, "vars": {"emsmta_bypass_state": s}}
            for s in states
        ]
        going_on = bool(variables.pop("ignore_errors", False))
        what = {"hosts": "all", "gather_facts": False, "ignore_errors": going_on, "tasks": tasks}
        return play(self._lab, self._folder, what, *options, **self._variables, **variables)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A proxy server."""
    with Lab(tmp_path_factory.mktemp("proxy"), 1, drives="C") as lab:
        yield lab


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, proxy: Lab, tmp_path: Path) -> World:
    """The proxy server in one of both worlds."""
    return World(proxy, request.param, tmp_path)


def test_the_stanza_comes_and_goes_with_a_copy_of_the_old_bytes(world: World) -> None:
    master = world.put(MASTER)
    audit = world.run("--check", "--diff")
    assert "+Disable=1" in audit.stdout
    assert [path.name for path in master.parent.iterdir()] == [master.name]
    done = world.run()
    assert "exposed -> protected (documented)" in done.stdout, done.stdout
    assert "have its clients fetch it again" in done.stdout
    assert master.read_bytes() == MASTER + FIX
    (backup,) = set(master.parent.iterdir()) - {master}
    assert backup.name.lower() == f"mspclnt.ini.{hashlib.sha256(MASTER).hexdigest()[:8]}.bak"
    assert backup.read_bytes() == MASTER
    assert "changed=0 " in world.run().stdout
    gone = world.run(state="absent")
    assert "protected -> exposed" in gone.stdout
    assert master.read_bytes() == MASTER


def test_it_is_never_missing_and_never_half(world: World) -> None:
    master = world.put(MASTER)
    seen: set[bytes] = set()
    missing: list[OSError] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            try:
                seen.add(master.read_bytes())
            except OSError as error:
                missing.append(error)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run = world.run(rounds=6)
    finally:
        done.set()
        watcher.join()
    assert "changed=6 " in run.stdout, run.stdout
    assert not missing
    padded = {data.rstrip(b"\r\n") for data in seen}
    assert padded == {MASTER.rstrip(b"\r\n"), (MASTER + FIX).rstrip(b"\r\n")}


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_copy_of_isa_server_is_left_alone(state: str, world: World) -> None:
    data = ISA + (FIX if state == "absent" else b"")
    master = world.put(data)
    done = world.run(state=state)
    assert done.returncode != 0
    assert "says that it should not be edited" in done.stdout
    assert "ISA Management" in done.stdout
    assert master.read_bytes() == data


def test_a_section_that_is_there_on_purpose(world: World) -> None:
    data = MASTER + b"[EMSMTA]\r\nServerBindTcpPorts=102\r\n"
    master = world.put(data)
    refused = world.run()
    assert refused.returncode != 0
    assert "also holds ServerBindTcpPorts" in refused.stdout
    assert master.read_bytes() == data
    world.run(emsmta_bypass_override_proxied="yes")
    assert master.read_bytes() == data + b"Disable=1\r\n"


def test_a_copy_that_is_missing_is_not_made(world: World) -> None:
    master = world.put(MASTER)
    master.unlink()
    done = world.run()
    assert done.returncode != 0
    assert r"there is no C:\\Msp\\Clients\\Mspclnt.ini" in done.stdout, done.stdout
    assert not os.listdir(master.parent)


@pytest.mark.parametrize("path", [pytest.param("", id="empty"), pytest.param(None, id="null", marks=pytest.mark.long)])
def test_an_empty_path_stands_for_nothing(path: str | None, world: World) -> None:
    master = world.put(MASTER)
    done = world.run(emsmta_bypass_master_path=path)
    assert done.returncode != 0
    assert "emsmta_bypass_master_path is empty" in done.stdout, done.stdout
    assert "EMSMTA.EXE" not in done.stdout
    # Nor where the play goes on after it.
    done = world.run(emsmta_bypass_master_path=path, ignore_errors=True)
    assert "Not looked at: emsmta_bypass_master_path: no path: this is not an absolute Windows path" in done.stdout
    assert "EMSMTA.EXE" not in done.stdout
    assert master.read_bytes() == MASTER


def test_a_copy_in_another_place(world: World) -> None:
    master = world.put(MASTER, "Program Files/Proxy/mspclnt.ini")
    world.run(emsmta_bypass_master_path="C:\\PROGRAM FILES\\Proxy\\Mspclnt.ini", emsmta_bypass_backup="no")
    assert master.read_bytes() == MASTER + FIX
    assert len(os.listdir(master.parent)) == 1
