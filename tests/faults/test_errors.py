# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An error from every system call on files that an edit makes, both ways of writing."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.children import Outcome
from tests.faults.fault_cases import CASES, WAYS, Edit
from tests.faults.fault_tracer import Call, Cut, Interrupt, Meddler, Meddling, Refuse, at

ERRORS = (errno.EIO, errno.ENOSPC, errno.EPERM)
# One of the three is enough, where each call is refused in turn.
AT_ANY_CALL = [errno.EIO, *(pytest.param(error, marks=pytest.mark.long) for error in (errno.ENOSPC, errno.EPERM))]
REMOVES = ("unlink", "unlinkat")
EDITS = [
    (name, way) for name in ("append", "shorter", "backup", "large-insert", "create") for way in WAYS
    if name != "create" or way == "rename"
]  # fmt: skip


def check_told(outcome: Outcome, edit: Edit) -> None:
    """An error is one of ours, names the path, and nothing else comes out."""
    assert not outcome.killed
    assert not outcome.leaked
    if outcome.error:
        assert "ServerError" in outcome.error, outcome
        assert str(edit.folder) in outcome.text


@pytest.mark.parametrize("error", AT_ANY_CALL, ids=errno.errorcode.__getitem__)
@pytest.mark.parametrize(("name", "way"), EDITS)
def test_one_refused_call_leaves_old_or_new(tmp_path: Path, name: str, way: str, error: int) -> None:
    edit = Edit(tmp_path, CASES[name], WAYS[way])
    calls = edit.disturbed().calls
    for index, call in enumerate(calls):
        outcome = edit.disturbed(at(index, Refuse(error)))
        check_told(outcome, edit)
        assert edit.data() in (edit.case.old, edit.new), (index, call, outcome)
        assert outcome.error or edit.data() == edit.new, (index, call, outcome)
        assert edit.backups_are_whole()
        left = [left for left in edit.ours() if left not in outcome.text]
        assert not left, (index, call, left, outcome)
        assert call in REMOVES or not edit.ours(), (index, call, outcome)


def every(name: str, error: int) -> Meddler:
    return lambda call: Refuse(error) if call.name == name else None


WRITES = [("rename", "write"), ("rename", "fsync"), ("rename", "rename"), ("in_place", "pwrite64")]


@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.__getitem__)
@pytest.mark.parametrize(("way", "call"), WRITES)
def test_a_refused_write_is_told_in_full(tmp_path: Path, way: str, call: str, error: int) -> None:
    edit = Edit(tmp_path, CASES["equal"], WAYS[way])
    outcome = edit.disturbed(every(call, error))
    check_told(outcome, edit)
    assert edit.data() == edit.case.old
    assert not edit.beside()
    assert outcome.text.startswith(f"Error while writing {edit.path}: ")
    assert "it was not changed" in outcome.text


def first(name: str, meddling: Meddling, then: Callable[[Call], Meddling] = lambda call: None) -> Meddler:
    """Meddle with the first call of this name, then otherwise."""
    seen: list[Call] = []

    def meddle(call: Call) -> Meddling:
        if seen or call.name != name:
            return then(call) if seen else None
        seen.append(call)
        return meddling

    return meddle


@pytest.mark.parametrize("name", ["longer", "shorter", "append", "large-insert", "large-border"])
def test_a_short_write_in_place_is_put_back(tmp_path: Path, name: str) -> None:
    edit = Edit(tmp_path, CASES[name], True)
    outcome = edit.disturbed(first("pwrite64", Cut(2, kill=False)))
    check_told(outcome, edit)
    assert outcome.error
    assert "it was not changed" in outcome.text
    assert edit.data() == edit.case.old
    assert not edit.ours()


@pytest.mark.parametrize("name", ["longer", "shorter", "large-insert", "large-border"])
def test_old_bytes_that_cannot_be_put_back_are_kept_beside(tmp_path: Path, name: str) -> None:
    edit = Edit(tmp_path, CASES[name], True)
    outcome = edit.disturbed(first("pwrite64", Cut(2, kill=False), every("pwrite64", errno.EIO)))
    check_told(outcome, edit)
    assert edit.copies() == [edit.case.old]
    assert "could not be put back" in outcome.text
    assert [name for name in edit.ours() if str(edit.folder / name) in outcome.text] == edit.ours()


def test_a_disk_that_flushes_nothing_is_told(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["shorter"], True)
    outcome = edit.disturbed(every("fsync", errno.EIO))
    check_told(outcome, edit)
    assert edit.data() == edit.case.old
    assert not edit.ours()
    assert "could not be put back, nor be saved beside the file" in outcome.text


def broken_disk(call: Call) -> Meddling:
    return Refuse(errno.EIO) if call.name in ("pwrite64", "write", "ftruncate", "fsync") else None


def test_the_error_says_when_nothing_could_be_kept(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["longer"], True)
    outcome = edit.disturbed(first("pwrite64", Cut(2, kill=False), broken_disk))
    check_told(outcome, edit)
    assert "could not be put back, nor be saved beside the file" in outcome.text
    assert not edit.ours()


def test_a_failed_truncate_leaves_the_old_bytes(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["shorter"], True)
    outcome = edit.disturbed(first("ftruncate", Refuse(errno.EIO)))
    check_told(outcome, edit)
    assert outcome.error
    assert edit.data() == edit.case.old


def test_a_short_write_of_the_new_file_goes_on(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["append"], False)
    outcome = edit.disturbed(first("write", Cut(2, kill=False)))
    assert not outcome.error
    assert edit.data() == edit.new


def test_a_read_that_gives_less_goes_on(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["append"], False)
    outcome = edit.disturbed(first("read", Cut(2, kill=False)))
    assert not outcome.error
    assert edit.data() == edit.new


@pytest.mark.parametrize(("name", "way"), EDITS)
def test_an_interrupt_at_any_call_leaves_old_or_new_and_nothing_else(tmp_path: Path, name: str, way: str) -> None:
    edit = Edit(tmp_path, CASES[name], WAYS[way])
    for index, call in enumerate(edit.disturbed().calls):
        outcome = edit.disturbed(at(index, Interrupt()))
        assert outcome.error[:1] == ("KeyboardInterrupt",), outcome
        assert edit.data() in (edit.case.old, edit.new), (index, call)
        assert not edit.ours(), (index, call)
        assert edit.backups_are_whole()
