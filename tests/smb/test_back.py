# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways back, in both worlds: `state: absent` in both files, and the backup as the documentation says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cases.samples import sample
from tests.lab.lab import Lab
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import ROLE, ROOT, play, playing

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


@pytest.fixture(params=["smb", pytest.param("drives", marks=pytest.mark.long)])
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
    assert "restart the MTA" in told


def test_back_to_the_backup_as_documented(server: Lab, variables: dict[str, Any], tmp_path: Path) -> None:
    drive = server.drive(server.addresses[0], "C")
    file = drive / "mspclnt/Mspclnt.ini"
    file.write_bytes(OTHERS)
    play(server, tmp_path, ROLE, **variables, emsmta_bypass_state="absent")
    (backup,) = set(file.parent.iterdir()) - {file}
    refreshed = file.read_bytes() + b"[STORE]\r\nPersistent=1\r\n"
    file.write_bytes(refreshed)
    task = documented(file.name, backup.name, drive, over_smb=not variables)
    predicted = play(server, tmp_path, playing(task), "--check", "--diff", **variables)
    assert "-[STORE]" in predicted.stdout
    assert file.read_bytes() == refreshed
    done = play(server, tmp_path, playing(task), **variables)
    assert "changed=1 " in done.stdout, done.stdout
    assert file.read_bytes() == OTHERS
    assert backup.read_bytes() == OTHERS
    (kept,) = set(file.parent.iterdir()) - {file, backup}
    assert kept.read_bytes() == refreshed
    assert "changed=0 " in play(server, tmp_path, playing(task), **variables).stdout


def documented(file: str, backup: str, drive: Path, over_smb: bool) -> dict[str, Any]:
    """Give the task of the documentation, for this file and this copy."""
    going_back = (ROOT / "docs/the-write.md").read_text().partition("## Going back")[2]
    tasks = re.findall(r"```yaml\n(.*?)```", going_back, re.DOTALL)
    text = tasks[over_smb].replace("/mnt/ex01-c", str(drive))
    text = text.replace("mspclnt.ini.c8872780.bak", backup).replace("mspclnt.ini\n", f"{file}\n")
    (task,) = yaml.safe_load(text)
    return dict(task)


@pytest.mark.parametrize("cut", [True, False], ids=["cut", "missing"])
def test_a_copy_that_is_not_whole_is_not_put_back(
    cut: bool, server: Lab, variables: dict[str, Any], tmp_path: Path
) -> None:
    drive = server.drive(server.addresses[0], "C")
    file = drive / "mspclnt/Mspclnt.ini"
    backup = file.with_name(f"{file.name}.c8872780.bak")
    if cut:
        backup.write_bytes(OLD[:100])
    file.write_bytes(OTHERS)
    done = play(
        server, tmp_path, playing(documented(file.name, backup.name, drive, over_smb=not variables)), **variables
    )
    assert done.returncode != 0
    told = "not those that the digits in its name stand for" if cut else "there is no such file; nothing was changed"
    assert told in done.stdout, done.stdout
    assert file.read_bytes() == OTHERS


def test_a_diff_names_the_server(server: Lab, variables: dict[str, Any], tmp_path: Path) -> None:
    drive = server.drive(server.addresses[0], "C")
    done = play(server, tmp_path, ROLE, "--check", "--diff", **variables)
    file = drive / "mspclnt/Mspclnt.ini" if variables else f"\\\\{server.addresses[0]}\\C$\\mspclnt\\Mspclnt.ini"
    headers = [line.lower() for line in done.stdout.splitlines() if line.startswith("+++ after: ")]
    assert f"+++ after: {file} (line ends: crlf)".lower() in headers, done.stdout
