# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays over the servers of a lab, with the real program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.lab.lab import PASSWORD, USER, Lab
from tests.lab.proxy import FaultProxy

ROOT = Path(__file__).resolve().parents[2]
ROLE = {"hosts": "all", "gather_facts": False, "roles": ["legacy_exchange.winsock_proxy.emsmta_bypass"]}
LOOK_NAME = "legacy_exchange.winsock_proxy.emsmta_info"
LOOK: dict[str, Any] = {LOOK_NAME: {}}

EDIT: dict[str, Any] = {"legacy_exchange.winsock_proxy.mspclnt_ini": {"path": "C:\\mspclnt\\Mspclnt.ini"}}
FORKS = 20


def play(
    lab: Lab,
    folder: Path,
    what: dict[str, Any],
    *options: str,
    own: Mapping[str, dict[str, Any]] | None = None,
    **variables: Any,
) -> subprocess.CompletedProcess[str]:
    """Run a play over the fleet with the real program; own: variables of single hosts."""
    common = {
        "ansible_connection": "legacy_exchange.winsock_proxy.smb",
        "ansible_port": lab.port,
        "ansible_user": USER,
        "ansible_password": PASSWORD,
        **variables,
    }
    inventory = {"all": {"hosts": {address: (own or {}).get(address, {}) for address in lab.addresses}, "vars": common}}
    (folder / "hosts.json").write_text(json.dumps(inventory))
    (folder / "play.json").write_text(json.dumps([what]))
    program = str(Path(sys.executable).parent / "ansible-playbook")
    command = [program, "-i", str(folder / "hosts.json"), "-f", str(FORKS), *options, str(folder / "play.json")]
    env = os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"), "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def playing(*tasks: dict[str, Any]) -> dict[str, Any]:
    return {"hosts": "all", "gather_facts": False, "tasks": list(tasks)}


def on_one(lab: Lab, folder: Path, *tasks: dict[str, Any], **variables: Any) -> tuple[int, str]:
    """Run tasks on the first server; give the code and the output, in one line."""
    done = play(lab, folder, playing(*tasks), "-l", lab.addresses[0], **variables)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def through(proxy: FaultProxy) -> dict[str, Any]:
    """Give the variables that lead to a server by way of a proxy."""
    return {"ansible_host": proxy.host, "ansible_port": proxy.port}


def ansible(inventory: Path, hosts: str = "all", *options: str) -> subprocess.CompletedProcess[str]:
    """Look at servers with the real program."""
    program = str(Path(sys.executable).parent / "ansible")
    env = os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"), "ANSIBLE_NOCOLOR": "1"}
    command = [program, "-i", str(inventory), hosts, "-m", LOOK_NAME, *options]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)
