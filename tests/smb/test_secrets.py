# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No password or hash in output, log, process list or temporary file, while a play runs and after it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.lab import PASSWORD, USER, Lab
from tests.lab.processes import family
from tests.smb.furnish import furnish_exposed
from tests.smb.leaks import below, leaking
from tests.smb.plays import ROLE, ROOT

PROGRAM = str(Path(sys.executable).parent / "ansible-playbook")


@pytest.fixture
def exposed(tmp_path: Path) -> Iterator[Lab]:
    """Three exposed servers."""
    with Lab(tmp_path / "lab", 3, drives="C") as lab:
        furnish_exposed(lab)
        yield lab


def watched(command: list[str], env: dict[str, str], private: Path) -> tuple[bytes, set[str]]:
    """Run a command; give its output, and where a secret was seen while it ran."""
    seen: set[str] = set()
    output = private / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
        while process.poll() is None:
            for each in family(process.pid):
                seen |= leaking((Path(f"/proc/{each}/cmdline"), Path(f"/proc/{each}/environ")))
            seen |= leaking(below(private))
    return output.read_bytes(), seen | leaking(below(private))


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_no_secret_is_seen_anywhere(right: bool, exposed: Lab, tmp_path: Path) -> None:
    private, secret = tmp_path / "private", tmp_path / "password"
    for name in ("home", "tmp", "ansible"):
        (private / name).mkdir(parents=True)
    secret.write_text(PASSWORD + "\n")
    variables = {
        "ansible_connection": "legacy_exchange.winsock_proxy.smb",
        "ansible_port": exposed.port,
        "ansible_user": USER if right else "somebody",
    }
    inventory = {"all": {"hosts": {key: {} for key in exposed.addresses}, "vars": variables}}
    (private / "hosts.json").write_text(json.dumps(inventory))
    (private / "play.json").write_text(json.dumps([ROLE]))
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(private / "home"),
        "TMPDIR": str(private / "tmp"),
        "ANSIBLE_HOME": str(private / "ansible"),
        "ANSIBLE_LOG_PATH": str(private / "log"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    options = ["-vvvvv", "--diff", "--connection-password-file", str(secret), "-i", str(private / "hosts.json")]
    output, seen = watched([PROGRAM, *options, str(private / "play.json")], env, private)
    assert (b"changed=1" in output) is right
    assert (b"UNREACHABLE" in output) is not right
    assert not seen
    assert len((private / "log").read_bytes()) > 1000


def test_a_secret_would_be_seen(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir()
    code = f"import pathlib, time; pathlib.Path({str(private / 'file')!r}).write_text('{PASSWORD}'); time.sleep(0.5)"
    _output, seen = watched([sys.executable, "-c", code], {"KEY": PASSWORD}, private)
    assert {Path(name).name for name in seen} == {"cmdline", "environ", "file"}
