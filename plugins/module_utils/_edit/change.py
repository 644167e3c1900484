# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change that was planned: copy, write, read back.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import ntpath
from contextlib import closing
from typing import TYPE_CHECKING, Callable

from .._server.errors import ChangedByOther, ConnectionLost, Written
from .copies import backup_name, backup_path

if TYPE_CHECKING:
    from .._options.mspclnt_ini import EditRequest
    from .._profile.stanza import Plan
    from .._server.editor import Editor, OpenFile


def change(
    editor: Editor, request: EditRequest, plan: Plan, again: Callable[[bytes], Plan], check: bool
) -> tuple[Plan, str | None]:
    """Carry out a plan, or in check mode see that it can be.

    again: plans the same edit on the bytes that the file has when it is open for it.

    Gives what was done, or would be, and the path of the copy of the old bytes, None without one.
    Raises ServerError; the text says what became of the file.
    """
    if plan.old is None:
        editor.check_creatable(request.path)
        if not check:
            _make(editor, request, plan.new)
        return plan, None
    editor.check_writable(request.path, request.backup)
    saved = _place_of_copy(editor, request, plan.old) if request.backup else None
    return (plan, saved) if check else _edit_under_lock(editor, request, plan.old, again)


def _make(editor: Editor, request: EditRequest, new: bytes) -> None:
    editor.create(request.path, new)
    try:
        data = editor.read(request.path)
    except ConnectionLost as error:
        raise Written(
            f"Error while checking {request.path}: {error}; it was made before that: run the task again"
        ) from error
    if data != new:
        raise ChangedByOther(
            f"Error while writing {request.path}: it was changed by another program meanwhile: run the task again"
        )


def _place_of_copy(editor: Editor, request: EditRequest, old: bytes) -> str:
    """Give the path that the copy of the old bytes gets, where nothing else has it."""
    path = backup_path(editor.real_path(request.path), old)
    editor.check_beside(request.path, ntpath.basename(path), old)
    return path


def _edit_under_lock(
    editor: Editor, request: EditRequest, before: bytes, again: Callable[[bytes], Plan]
) -> tuple[Plan, str | None]:
    """Plan once more on what is read under the lock, so that nothing of another writer is lost."""
    saved: str | None = None
    with closing(editor.open(request.path)) as file:
        old = _read_open(file, request, before)
        plan = again(old)
        if plan.changed:
            if request.backup:
                name = ntpath.basename(editor.real_path(request.path))
                saved = file.save_beside(backup_name(name, old), old)
            file.replace(old, plan.new)
    return plan, saved


def _read_open(file: OpenFile, request: EditRequest, before: bytes) -> bytes:
    """Read a file that is open for an edit, and compare with what was read before.

    Another writer may have had his turn since. Now nobody else can write, so that two reads agree;
    where they do not, one of them is false, and an edit of it could lose what the file holds.
    """
    old = file.read()
    if old != before and file.read() != old:
        raise ChangedByOther(
            f"Error while reading {request.path}: two reads of it differ, though it is open for nobody else to write; "
            "nothing was written: run the task again"
        )
    return old


__all__ = ("change",)
