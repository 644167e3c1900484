# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same in both worlds: what is refused, and whole plays, over SMB and by the module on the target."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import ProfileError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.editor import Editor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.editor import SmbEditor

from tests.cases.case import Refused
from tests.cases.doubtful import REFUSED
from tests.cases.edits import CASES
from tests.lab.lab import Lab
from tests.smb.callers import Caller
from tests.smb.edits import PATH, request
from tests.smb.plays import play

MODULE = "legacy_exchange.winsock_proxy.mspclnt_ini"
NAMES = (
    "blanks and double quotes",
    "UTF-8 mark on a comment",
    "mixed: the line end of the line before",
    "the complete file of a Proxy 2.0 client",
    "code-page bytes in the value",
    "one value is replaced, other spelling and order stay",
    "absent, where only Wine reads the key",
    "a missing file is made",
)
ROWS = [case for case in CASES if case.name in NAMES]
WRONG: list[dict[str, Any]] = [
    {"settings": {"Disable": True}},
    {"settings": {"Disable": 1.5}},
    {"settings": {"Disable": 1, "DISABLE": 0}},
    {"section": "A]B", "settings": {"A": 1}},
    {"state": "removed"},
    {"path": ""},
]
# Not the controller's own Python by its path, under which the module would not be run as one.
ON_THE_TARGET = {
    "ansible_connection": "local",
    "ansible_python_interpreter": os.path.realpath(sys.executable),
    "ansible_pipelining": True,
}


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.name)
@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_what_is_refused_on_a_drive_is_refused_over_smb(
    row: Refused, check: bool, caller: Caller, ini: Path, tmp_path: Path
) -> None:
    local = tmp_path / ini.name

    def refusal(editor: Editor, path: str) -> str:
        with pytest.raises(ProfileError) as caught:
            apply(editor, request(path=path, backup=True, state=row.state), check=check, diff=True)
        return str(caught.value).replace(path, "PATH")

    for path in (ini, local):
        path.write_bytes(row.before)
    told = refusal(SmbEditor(caller.server()), PATH)
    assert told == refusal(LocalEditor(), str(local))
    assert row.fragment in told
    assert ini.read_bytes() == row.before
    assert list(ini.parent.iterdir()) == [ini]


def results(lab: Lab, folder: Path, tasks: list[dict[str, Any]], *options: str, **variables: Any) -> list[Any]:
    """Run the module with each of these options on the first server, in a play; give the whole results."""
    edit = {MODULE: "{{ item }}", "loop": tasks, "register": "found", "ignore_errors": True}
    keep = {
        "ansible.builtin.copy": {"dest": str(folder / "found.json"), "content": "{{ found.results | to_json }}"},
        "delegate_to": "localhost",
        "check_mode": False,
        "vars": {"ansible_connection": "local", "ansible_host": "localhost"},
    }
    what = {"hosts": "all", "gather_facts": False, "tasks": [edit, keep]}
    done = play(lab, folder, what, "-l", lab.addresses[0], *options, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return list(json.loads((folder / "found.json").read_text()))


def plain(result: dict[str, Any], *folders: str) -> Any:
    """Give a result as both worlds give it: without its folder, and what a module tells of its call."""
    text = json.dumps({key: value for key, value in result.items() if key not in ("invocation", "item")})
    for folder in folders:
        text = text.replace(json.dumps(folder)[1:-1], "")
    return json.loads(text)


@pytest.mark.long
@pytest.mark.parametrize("options", [("--diff",), ("--check", "--diff")], ids=["run", "check"])
def test_a_play_gives_the_same_results(options: tuple[str, ...], lab: Lab, tmp_path: Path) -> None:
    drive = lab.drive(lab.addresses[0], "C")
    found = []
    for root, variables in (("C:", {}), (str(drive), ON_THE_TARGET)):
        folder = "/rows/" if variables else "\\rows\\"
        paths = [f"{root}{folder}{number}.ini" for number in range(len(ROWS))]
        fresh(drive / "rows")
        tasks = [row.options(path) for row, path in zip(ROWS, paths, strict=True)]
        tasks += [{"path": paths[0], **wrong} for wrong in WRONG]
        each = results(lab, tmp_path, tasks, *options, **variables)
        assert {"invocation" in result for result in each} == {bool(variables)}
        found.append([plain(result, root + folder, f"\\\\{lab.addresses[0]}\\C${folder}") for result in each])
        for number, row in enumerate(ROWS):
            file = drive / "rows" / f"{number}.ini"
            assert (file.read_bytes() if file.exists() else None) == (row.before if "--check" in options else row.after)
    assert found[0] == found[1]
    assert [result["failed"] for result in found[0]] == [False] * len(ROWS) + [True] * len(WRONG)
    assert [result["changed"] for result in found[0][: len(ROWS)]] == [row.changed for row in ROWS]


def fresh(folder: Path) -> None:
    """Put the files of the rows into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, row in enumerate(ROWS):
        if row.before is not None:
            (folder / f"{number}.ini").write_bytes(row.before)
