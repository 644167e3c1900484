# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may not edit is told so, in check mode as well."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError

from tests.faults.children import NOBODY, Outcome, as_nobody
from tests.faults.fault_cases import CASES, NAME, WAYS, Case, Edit, folder_of

BECOME = "for example with 'become: true'"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def edit_of_nobody(folder: Path, case: Case, in_place: bool | None = None) -> Edit:
    edit = Edit(folder, case, in_place)
    edit.reset()
    if case.old is not None:
        os.chown(edit.path, NOBODY, NOBODY)
    return edit


def refused_alike(edit: Edit, run: Callable[[Callable[[], object]], Outcome] = as_nobody) -> str:
    """Do the edit and check mode, both of which must be refused alike, and change nothing; give the error."""
    before = folder_of(edit)
    done, checked = run(edit.apply), run(edit.check)
    assert done == checked
    assert done.error[0] == "ServerError", done
    assert folder_of(edit) == before
    assert not done.leaked
    return done.text


def test_one_without_capabilities_edits_an_own_file(open_folder: Path) -> None:
    for name, case in CASES.items():
        edit = edit_of_nobody(open_folder, case)
        outcome = as_nobody(edit.apply)
        assert outcome.result["changed"], (name, outcome)
        assert edit.data() == edit.new
        assert not edit.ours()
        assert edit.path.stat().st_uid == NOBODY


@pytest.mark.parametrize("name", ["equal", "backup"])
def test_a_file_of_another_owner_keeps_him(open_folder: Path, name: str) -> None:
    edit = edit_of_nobody(open_folder, CASES[name])
    os.chown(edit.path, 0, 0)
    edit.path.chmod(0o666)
    assert as_nobody(edit.apply).result["changed"]
    assert edit.data() == edit.new
    assert edit.path.stat().st_uid == 0
    assert edit.backups_are_whole()


def as_root(function: Callable[[], object]) -> Outcome:
    try:
        return Outcome(result=function())
    except ServerError as error:
        return Outcome(error=(type(error).__name__,), text=str(error))


@pytest.mark.parametrize("run", [as_root, as_nobody])
@pytest.mark.parametrize("way", WAYS)
def test_a_file_without_write_bits_is_refused_to_all(
    open_folder: Path, way: str, run: Callable[[Callable[[], object]], Outcome]
) -> None:
    edit = edit_of_nobody(open_folder, CASES["equal"], WAYS[way])
    edit.path.chmod(0o444)
    text = refused_alike(edit, run)
    assert text.startswith(f"Error while checking {edit.path}: it is read-only, and someone made it so; ")
    assert "'chmod u+w'" in text


def test_a_read_only_file_that_is_right_is_left_alone(open_folder: Path) -> None:
    edit = edit_of_nobody(open_folder, CASES["equal"])
    edit.path.write_bytes(edit.new)
    edit.path.chmod(0o444)
    assert as_nobody(edit.apply).result["changed"] is False


def test_a_file_that_cannot_be_read_is_told(open_folder: Path) -> None:
    edit = edit_of_nobody(open_folder, CASES["equal"])
    edit.path.chmod(0o200)
    text = refused_alike(edit)
    assert text.startswith(f"Error while reading {edit.path}: Permission denied: ")
    assert text.endswith(BECOME)


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_cannot_be_written_is_told(open_folder: Path, way: str) -> None:
    edit = edit_of_nobody(open_folder, CASES["equal"], WAYS[way])
    os.chown(edit.path, 0, 0)
    edit.path.chmod(0o644)
    text = refused_alike(edit)
    assert text.startswith(f"Error while checking {edit.path}: this user may not write there; ")
    assert text.endswith(BECOME)


@pytest.mark.parametrize("name", ["equal", "create"])
def test_a_folder_that_cannot_be_written_is_told(open_folder: Path, name: str) -> None:
    edit = edit_of_nobody(open_folder, CASES[name], False)
    open_folder.chmod(0o555)
    text = refused_alike(edit)
    assert str(edit.path) in text
    assert text.endswith(
        f"the folder {open_folder}: this user may not write there; run the task as one who may, {BECOME}"
    )


def test_in_place_no_right_to_the_folder_is_needed(open_folder: Path) -> None:
    edit = edit_of_nobody(open_folder, CASES["equal"], True)
    open_folder.chmod(0o555)
    assert as_nobody(edit.apply).result["changed"]
    assert edit.data() == edit.new


def test_a_copy_that_cannot_be_made_changes_nothing(open_folder: Path) -> None:
    edit = edit_of_nobody(open_folder, CASES["large-shorter"], True)
    open_folder.chmod(0o555)
    outcome = as_nobody(edit.apply)
    assert outcome.error[0] == "ServerError"
    assert outcome.text.startswith(f"Error while writing {edit.path}: Permission denied (")
    assert outcome.text.endswith(f"{BECOME}; it was not changed")
    assert folder_of(edit) == {NAME: edit.case.old}


def test_a_folder_that_cannot_be_listed_will_do(open_folder: Path) -> None:
    edit = edit_of_nobody(open_folder, CASES["backup"])
    open_folder.chmod(0o300)
    outcome = as_nobody(edit.apply)
    open_folder.chmod(0o700)
    assert outcome.result["changed"], outcome
    assert edit.data() == edit.new
    assert not edit.ours()


def test_a_folder_where_only_owners_may_rename_is_no_hindrance(open_folder: Path) -> None:
    edit = edit_of_nobody(open_folder, CASES["equal"])
    os.chown(open_folder, 0, 0)
    os.chown(edit.path, 0, 0)
    open_folder.chmod(0o1777)
    edit.path.chmod(0o666)
    assert as_nobody(edit.apply).result["changed"]
    assert edit.data() == edit.new
    assert not edit.beside()
