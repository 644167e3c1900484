# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that are lost in a play: unreachable before a write, a failure with the file's state behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request

from tests.lab.lab import Lab
from tests.lab.proxy import Cut, FaultProxy
from tests.smb.edits import NEW, OLD
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import EDIT, ROLE, on_one, play, playing, through

AUDIT = {**EDIT, "check_mode": True}
STATES = pytest.mark.parametrize(
    ("arrives", "state"), [(True, "new"), (False, "old")], ids=["behind the write", "before the write arrives"]
)


@contextmanager
def cut_at(command: int, lab: Lab, arrives: bool = True) -> Iterator[dict[str, Any]]:
    """Cut the first request of a kind off, once; give the variables that lead through the proxy."""
    done: list[bytes] = []

    def cut(_number: int, message: bytes) -> bytes:
        if message[8] == command and not done:
            done.append(message)
            raise Cut(message if arrives else b"")
        return message

    with FaultProxy((lab.addresses[0], lab.port), cut) as proxy:
        yield through(proxy)
    assert done


@pytest.mark.parametrize("arrives", [True, False], ids=["behind", "before"])
@pytest.mark.parametrize(
    "command",
    [smb_request.SESSION_SETUP, smb_request.TREE_CONNECT, smb_request.READ],
    ids=["logon", "share", "read"],
)
@pytest.mark.parametrize("task", [AUDIT, EDIT], ids=["audit", "fix"])
def test_a_host_lost_before_a_write_is_unreachable(
    task: dict[str, Any], command: int, arrives: bool, lab: Lab, ini: Path, tmp_path: Path
) -> None:
    ini.write_bytes(OLD)
    with cut_at(command, lab, arrives) as variables:
        code, told = on_one(lab, tmp_path, task, **variables)
    assert code == 4
    assert "UNREACHABLE!" in told
    assert "the server closed the connection" in told
    assert "Traceback" not in told
    assert ini.read_bytes() == OLD


@STATES
def test_a_host_lost_behind_its_write_has_failed(
    arrives: bool, state: str, lab: Lab, ini: Path, tmp_path: Path
) -> None:
    ini.write_bytes(OLD)
    with cut_at(smb_request.WRITE, lab, arrives) as variables:
        code, told = on_one(lab, tmp_path, EDIT, **variables)
    assert code == 2
    assert f"looked again, the file holds the {state} bytes" in told
    assert "unreachable=0 failed=1" in told
    assert ini.read_bytes() == {"new": NEW, "old": OLD}[state]


@STATES
def test_rescue_sees_the_state_of_the_file(arrives: bool, state: str, lab: Lab, ini: Path, tmp_path: Path) -> None:
    ini.write_bytes(OLD)
    rescue = [{"ansible.builtin.debug": {"msg": "rescued: {{ ansible_failed_result.msg }}"}}]
    with cut_at(smb_request.WRITE, lab, arrives) as variables:
        code, told = on_one(lab, tmp_path, {"block": [EDIT], "rescue": rescue}, **variables)
    assert code == 0, told
    assert f"the file holds the {state} bytes" in told.partition("rescued: ")[2]


@STATES
def test_failed_when_decides_by_the_state_of_the_file(
    arrives: bool, state: str, lab: Lab, ini: Path, tmp_path: Path
) -> None:
    ini.write_bytes(OLD)
    decided = {**EDIT, "register": "done", "failed_when": "'holds the new bytes' not in done.msg | default('')"}
    with cut_at(smb_request.WRITE, lab, arrives) as variables:
        code, told = on_one(lab, tmp_path, decided, **variables)
    assert code == {"new": 0, "old": 2}[state], told


@STATES
def test_until_tries_again_and_succeeds(arrives: bool, state: str, lab: Lab, ini: Path, tmp_path: Path) -> None:
    ini.write_bytes(OLD)
    tried = {**EDIT, "register": "tried", "until": "tried is success", "retries": 2, "delay": 0}
    with cut_at(smb_request.WRITE, lab, arrives) as variables:
        done = play(lab, tmp_path, playing(tried), "-l", lab.addresses[0], **variables)
    assert done.returncode == 0, done.stdout
    assert (done.stdout + done.stderr).count("FAILED - RETRYING") == 1
    assert ("changed=0 " in done.stdout) is (state == "new")
    assert ini.read_bytes() == NEW


def test_the_role_tells_what_a_lost_write_changed(tmp_path: Path) -> None:
    with Lab(tmp_path / "lab", 1, drives="C") as exposed:
        furnish_exposed(exposed)
        ini = exposed.drive(exposed.addresses[0], "C") / "mspclnt/Mspclnt.ini"
        with cut_at(smb_request.WRITE, exposed) as variables:
            done = play(exposed, tmp_path, ROLE, **variables, emsmta_bypass_backup=False)
        assert ini.read_bytes() == NEW
    assert done.returncode == 2, done.stdout
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("fatal:")]
    assert "looked again, the file holds the new bytes" in told
    assert "The server now: exposed -> protected" in told
    assert "restart the MTA" in told
