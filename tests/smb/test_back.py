# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways back, in both worlds: `state: absent` in both files, and the backup as the documentation says."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases.samples import sample
from tests.lab.lab import PASSWORD, Lab
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import ROLE, ROOT, play

OLD = sample("Q231878.mspclnt.ini")
STORE = sample("Q181420.store.wspcfg.ini")
FIX = b"[EMSMTA]\r\nDisable=1\r\n"
# Written by someone else: another spelling, a second line, a second section, a comment.
OTHERS = OLD + b"[emsmta]\r\n; by hand\r\n disable = '1'\r\nDisable=0\r\nPersistent=1\r\n[EMSMTA]\r\nDisable=1\r\n"
WITHOUT = OLD + b"[emsmta]\r\n; by hand\r\nPersistent=1\r\n[EMSMTA]\r\nDisable=1\r\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Lab]:
    """An exposed server with a Wspcfg.ini beside EMSMTA.EXE."""
    with Lab(tmp_path / "lab", 1, drives="C") as lab:
        furnish_exposed(lab)
        (lab.drive(lab.addresses[0], "C") / "exchsrvr/bin/WSPCFG.INI").write_bytes(STORE)
        yield lab


@pytest.fixture(params=["smb", "drives"])
def variables(request: pytest.FixtureRequest, server: Lab) -> dict[str, Any]:
    """Variables that reach it in one of both worlds."""
    if request.param == "smb":
        return {}
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "emsmta_bypass_drives": {"C": str(server.drive(server.addresses[0], "C"))},
    }


def test_absent_takes_the_stanza_out_of_both_files(server: Lab, variables: dict[str, Any], tmp_path: Path) -> None:
    drive = server.drive(server.addresses[0], "C")
    files = (drive / "mspclnt/Mspclnt.ini", drive / "exchsrvr/bin/WSPCFG.INI")
    files[0].write_bytes(OLD + FIX)
    there = play(server, tmp_path, ROLE, **variables)
    assert [path.read_bytes() for path in files] == [OLD + FIX, STORE + FIX], there.stdout
    gone = play(server, tmp_path, ROLE, **variables, emsmta_bypass_state="absent")
    assert "protected -> exposed" in gone.stdout
    assert [path.read_bytes() for path in files] == [OLD, STORE]
    again = play(server, tmp_path, ROLE, **variables, emsmta_bypass_state="absent")
    assert "changed=0 " in again.stdout


def test_absent_takes_out_what_others_wrote_and_nothing_else(
    server: Lab, variables: dict[str, Any], tmp_path: Path
) -> None:
    file = server.drive(server.addresses[0], "C") / "mspclnt/Mspclnt.ini"
    file.write_bytes(OTHERS)
    play(server, tmp_path, ROLE, **variables, emsmta_bypass_state="absent")
    assert file.read_bytes() == WITHOUT


def test_an_edit_that_fails_does_not_hide_the_other(server: Lab, variables: dict[str, Any], tmp_path: Path) -> None:
    drive = server.drive(server.addresses[0], "C")
    mspclnt, wspcfg = drive / "mspclnt/Mspclnt.ini", drive / "exchsrvr/bin/WSPCFG.INI"
    wspcfg.chmod(0o444)
    done = play(server, tmp_path, ROLE, **variables)
    assert done.returncode != 0
    assert mspclnt.read_bytes() == OLD + FIX
    assert wspcfg.read_bytes() == STORE
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("fatal:")]
    assert "The server now: exposed -> protected" in told
    assert "it is read-only" in told
    assert "Mspclnt.ini" in told
    assert "net stop msexchangemta" in told


def test_back_to_the_backup_as_documented(server: Lab, variables: dict[str, Any], tmp_path: Path) -> None:
    drive = server.drive(server.addresses[0], "C")
    file = drive / "mspclnt/Mspclnt.ini"
    file.write_bytes(OTHERS)
    play(server, tmp_path, ROLE, **variables, emsmta_bypass_state="absent")
    (backup,) = set(file.parent.iterdir()) - {file}
    going_back = (ROOT / "docs/the-write.md").read_text().partition("## Going back")[2]
    commands = dict(zip(("drives", "smb"), re.findall(r"```shell\n(.*?)```", going_back, re.DOTALL), strict=True))
    words = {
        "/tmp": str(tmp_path),
        "/mnt/ex01-c": str(drive),
        "//ex01/C$": f"//{server.addresses[0]}/C$",
        "OFFICE\\": "",
        "smbclient ": f"smbclient -p {server.port} ",
        "mspclnt.ini.c8872780.bak": backup.name,
        "mspclnt.ini": file.name,
    }
    command = commands["drives" if variables else "smb"]
    for word, own in words.items():
        command = command.replace(word, own)
    done = subprocess.run(["/bin/sh", "-ec", command], env=os.environ | {"PASSWD": PASSWORD}, check=False)
    assert done.returncode == 0, command
    assert file.read_bytes() == OTHERS
    assert backup.read_bytes() == OTHERS
