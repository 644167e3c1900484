# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-runner plays audit and remediate over a mixed fleet, and none of its artifacts holds the password."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lab.lab import PASSWORD
from tests.smb.fleets import DRIVE_HOST, FIX, OLD, ON_PURPOSE, PROXY, Fleet
from tests.smb.leaks import below, leaking
from tests.smb.plays import ROOT

BIN = Path(sys.executable).parent
PROJECT = ROOT / "examples" / "project"
# Ansible asks for the password of a connection with this, whichever connection it is.
PROMPT = "SSH password:"
# A file of the folder env for each way in which a password comes in.
WAYS: dict[str, dict[str, Any]] = {
    "passwords": {"passwords": {PROMPT: PASSWORD}, "cmdline": "--ask-pass -vvvv"},
    "extra variable": {"extravars": {"ansible_password": PASSWORD}, "cmdline": "-vvvv"},
}
ARTIFACTS = {"command", "fact_cache", "job_events", "rc", "status", "stderr", "stdout"}


def furnished(fleet: Fleet, way: dict[str, Any]) -> Path:
    """Give a folder for ansible-runner, with the playbooks of the examples; its inventory has no password."""
    folder = fleet.folder / "runner"
    variables = {name: value for name, value in fleet.groups["all"]["vars"].items() if name != "ansible_password"}
    groups = fleet.groups | {"all": {"vars": variables}}
    settings = {"fact_cache": "fact_cache", "fact_cache_type": "jsonfile"}
    files = {"inventory/hosts.json": groups, "env/settings": settings} | {f"env/{name}": way[name] for name in way}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    (folder / "project").mkdir()
    for name in ("audit.yml", "remediate.yml"):
        shutil.copy(PROJECT / name, folder / "project")
    return folder


def run(folder: Path, name: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Have a playbook of the folder run; its artifacts have the name of the playbook."""
    command = [str(BIN / "ansible-runner"), "run", str(folder), "--playbook", f"{name}.yml", "--ident", name]
    env = os.environ | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
    }
    return subprocess.run([*command, *options], env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("way", ["passwords", pytest.param("extra variable", marks=pytest.mark.long)])
def test_audit_and_remediate_and_no_artifact_holds_the_password(way: str, fleet: Fleet) -> None:
    folder = furnished(fleet, WAYS[way])
    artifacts = folder / "artifacts"
    # One server cannot be reached.
    assert run(folder, "audit").returncode == 2
    totals = "5 servers: 3 exposed, 1 unreachable, 1 protected"
    assert totals in (artifacts / "audit" / "stdout").read_text()
    assert fleet.file("exposed").read_bytes() == fleet.file(DRIVE_HOST).read_bytes() == OLD
    # Of one more it is asked first why it sends through the proxy.
    assert run(folder, "remediate").returncode == 2
    for name in ("exposed", "protected", DRIVE_HOST, PROXY):
        assert fleet.file(name).read_bytes() == OLD + FIX
    assert fleet.file("purpose").read_bytes() == ON_PURPOSE
    for name in ("audit", "remediate"):
        assert {path.name for path in (artifacts / name).iterdir()} == ARTIFACTS
        assert len(list((artifacts / name / "job_events").iterdir())) > len(fleet.hosts)
    assert {Path(file).relative_to(folder).parts[0] for file in leaking(below(folder))} == {"env"}


def test_a_password_on_the_command_line_stands_in_an_artifact(fleet: Fleet) -> None:
    """As the guide warns."""
    folder = furnished(fleet, {"cmdline": "--list-hosts"})
    assert run(folder, "audit", "--cmdline", f"--list-hosts -e ansible_password={PASSWORD}").returncode == 0
    assert {Path(file).name for file in leaking(below(folder))} == {"command"}
