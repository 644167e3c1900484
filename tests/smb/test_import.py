# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SMB library is imported once, by the controller before it forks, and by no worker; and not its scripts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.lab import Lab
from tests.smb.furnish import furnish_exposed
from tests.smb.notes import Notes
from tests.smb.plays import LOOK, ROLE, play

HOSTS = 20
SESSION = "ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.session"
WITHOUT_SCRIPTS = f"""
import sys
sys.modules["impacket.examples"] = None
from {SESSION} import IMPORT_ERROR
assert IMPORT_ERROR is None and "impacket.ntlm" in sys.modules
"""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Twenty exposed servers."""
    with Lab(tmp_path_factory.mktemp("fleet"), HOSTS, drives="C") as lab:
        furnish_exposed(lab)
        yield lab


@pytest.mark.parametrize(
    ("what", "imports"),
    [
        ({"hosts": "all", "gather_facts": False, "tasks": [LOOK]}, 1),
        (ROLE, 1),
        ({"hosts": "all", "gather_facts": False, "tasks": [{"ansible.builtin.debug": {"msg": "x"}}]}, 0),
    ],
    ids=["module", "role", "debug"],
)
def test_no_worker_imports_the_library(
    what: dict[str, Any], imports: int, fleet: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Notes(tmp_path, monkeypatch)
    done = play(fleet, tmp_path, what)
    assert done.returncode == 0, done.stdout + done.stderr
    workers, importers = notes.processes("fork"), notes.processes("import")
    assert len(workers) >= HOSTS
    assert len(importers) == imports
    assert not importers & workers


def test_the_scripts_beside_the_library_are_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ":".join(sys.path))
    done = subprocess.run([sys.executable, "-c", WITHOUT_SCRIPTS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
