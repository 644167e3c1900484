# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of the trials as a real playbook: does it end as the modules' own code did?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.compare.checks import Trial
from tests.compare.modules import Outcome
from tests.compare.peers import PEERS

SAMPLE = (
    "blanks and double quotes",
    "another number",
    "the complete file of a Proxy 2.0 client",
    "the stanza at the end of the real file",
    "LF, none at the end",
)
COLLECTIONS = Path(__file__).resolve().parents[2] / ".build" / "collections"
ENVIRONMENT = os.environ | {
    "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
    "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "LC_ALL": "C.UTF-8",
}


def compare(trials: Sequence[Trial]) -> tuple[int, list[str]]:
    """Give the number of trials in the sample, and those that ended otherwise in the playbook."""
    chosen = [trial for trial in trials if trial.case.name in SAMPLE and trial.check is not None]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plays = [_play(trial, _file(folder, index)) for index, trial in enumerate(chosen)]
        answers = _run(folder, plays)
        ended = [_file(folder, index).read_bytes() for index in range(len(chosen))]
    wrong = [
        f"{trial.peer}: {trial.case.name}"
        for trial, answer, data in zip(chosen, answers, ended, strict=True)
        if answer != _said(trial) or data != trial.twice
    ]
    return len(chosen), wrong


def _file(folder: Path, index: int) -> Path:
    return folder / str(index) / "Mspclnt.ini"


def _play(trial: Trial, path: Path) -> dict[str, Any]:
    path.parent.mkdir()
    path.write_bytes(trial.case.before or b"")
    recipe = next(peer.tasks for peer in PEERS if peer.name == trial.peer)
    assert recipe is not None
    tasks = [
        {"name": run, module: options, "check_mode": run == "check", "ignore_errors": True}
        for run in ("check", "first", "second")
        for module, options in recipe(trial.case, str(path))
    ]
    return {"hosts": "localhost", "gather_facts": False, "tasks": tasks}


def _run(folder: Path, plays: list[dict[str, Any]]) -> list[dict[str, tuple[bool, bool]]]:
    """Run all plays; give for each run of each play: changed, failed."""
    book = folder / "book.json"
    book.write_text(json.dumps(plays))
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(book)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    found = []
    for play in json.loads(done.stdout)["plays"]:
        answer: dict[str, tuple[bool, bool]] = {}
        for task in play["tasks"]:
            result, name = task["hosts"]["localhost"], task["task"]["name"]
            changed, failed = answer.get(name, (False, False))
            answer[name] = changed or bool(result.get("changed")), failed or bool(result.get("failed"))
        found.append(answer)
    return found


def _said(trial: Trial) -> dict[str, tuple[bool, bool]]:
    runs = {"check": trial.check or Outcome(False), "first": trial.first, "second": trial.second}
    return {name: (bool(one.changed), bool(one.error)) for name, one in runs.items()}
