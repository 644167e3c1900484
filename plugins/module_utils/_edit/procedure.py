# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The procedure: read, plan, check mode, backup, write, read back, result.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import ntpath
from typing import Any, NamedTuple

from .._options.mspclnt_ini import EditRequest
from .._profile.document import (
    Profile,
    ProfileError,
    line_ends,
    parse,
    refuse_non_8bit,
    shown,
)
from .._profile.stanza import (
    Edit,
    Note,
    Values,
    inspect,
    is_absent,
    is_present,
    notes_on,
)
from .._server.editor import Editor, OpenFile
from .._server.errors import ChangedByOther, ConnectionLost, Missing, Written
from .._server.refusals import refuse_large


class Plan(NamedTuple):
    """An edit that was worked out on the bytes of a file; ``old`` is None for one that is missing and to be made."""

    old: bytes | None
    new: bytes
    edit: Edit
    before: Values

    @property
    def changed(self) -> bool:
        """Tell whether the file's bytes differ, or would."""
        return self.new != self.old


def apply(editor: Editor, request: EditRequest, check: bool, diff: bool) -> dict[str, Any]:
    """Do what was asked for and give the result as Ansible returns it.

    Args:
        editor: how the file is reached.
        request: what to ensure.
        check: predict only; nothing is opened for writing.
        diff: add ``diff`` to the result.

    Raises:
        ServerError: the file cannot be read or written; the text says what became of it.
        ProfileError: the file is no private profile, or no edit would be read alike.
    """
    copy = _copy(editor, request.backup_file) if request.backup_file else None
    plan = _plan(_read(editor, request), request, copy)
    saved: str | None = None
    if plan.changed and plan.old is not None:
        editor.check_writable(request.path, request.backup)
        saved = _saved(editor, request, plan.old) if request.backup else None
        if not check:
            plan, saved = _edit_under_lock(editor, request, plan.old, copy)
    elif plan.changed:
        editor.check_creatable(request.path)
        if not check:
            editor.create(request.path, plan.new)
            _verify(_read_made(editor, request), plan, request)
    result = _result(request, plan, saved)
    if diff:
        from .difference import difference

        result["diff"] = [difference(editor.full_name(request.path), plan.old or b"", plan.new)]
    result["notes"] += [note._asdict() for note in _notes_on_copies(editor, request, plan)]
    return result


def _saved(editor: Editor, request: EditRequest, old: bytes) -> str:
    """Give the path that the copy of the old bytes gets, where nothing else has it."""
    # Like all that only a change needs, loaded only then.
    from .copies import backup_path

    path = backup_path(editor.real_path(request.path), old)
    editor.check_beside(request.path, ntpath.basename(path), old)
    return path


def _notes_on_copies(editor: Editor, request: EditRequest, plan: Plan) -> list[Note]:
    """Tell of what a killed run left beside the file: the only whole copy of the bytes from before it."""
    notes = []
    for path, data in editor.left_beside(request.path):
        found = "which this file still held" if data == plan.old else "and this file, which has others, may be torn"
        notes.append(
            Note(
                "left_copy",
                f"{path} was left by a run that was killed during a change: it has the bytes from before, {found}; "
                "compare the two, put the copy back over the file if that is torn, then remove the copy",
            )
        )
    return notes


def _read_made(editor: Editor, request: EditRequest) -> bytes:
    try:
        return editor.read(request.path)
    except ConnectionLost as error:
        raise Written(
            f"Error while checking {request.path}: {error}; it was made before that: run the task again"
        ) from error


def _read(editor: Editor, request: EditRequest) -> bytes | None:
    try:
        return editor.read(request.path)
    except Missing:
        if not request.present and not request.backup_file:
            return b""
        if not request.create:
            raise
        return None


def _copy(editor: Editor, path: str) -> Profile:
    # Hardly a run puts a copy back: what does is loaded only then.
    from .restore import read_copy

    return read_copy(editor, path)


def _plan(data: bytes | None, request: EditRequest, copy: Profile | None) -> Plan:
    if copy is not None:
        from .restore import putting_back

        edit, before = putting_back(copy, data or b"", request.stanza)
        return Plan(data, copy.render(), edit, before)
    try:
        refuse_non_8bit(data or b"")
        profile = parse(data or b"")
        edit = _edit(profile, request)
    except ProfileError as error:
        raise type(error)(f"Error while planning the edit of {request.path}: {error}") from error
    new = edit.profile.render()
    refuse_large("planning the edit of", request.path, len(new), "would have")
    return Plan(data, new, edit, inspect(profile, request.stanza))


def _edit(profile: Profile, request: EditRequest) -> Edit:
    is_so = is_present if request.present else is_absent
    if is_so(profile, request.stanza):
        return Edit(profile, notes_on(profile, request.stanza))
    # Most files are right already: what edits is loaded only where there is something to edit.
    from .._profile.edits import ensure, remove

    return (ensure if request.present else remove)(profile, request.stanza)


def _edit_under_lock(
    editor: Editor, request: EditRequest, before: bytes, copy: Profile | None
) -> tuple[Plan, str | None]:
    """Plan once more on what is read under the lock, so that nothing of another writer is lost."""
    saved: str | None = None
    with editor.open(request.path) as file:
        old = _read_open(file, request, before)
        plan = _plan(old, request, copy)
        if plan.changed:
            if request.backup:
                name = ntpath.basename(editor.real_path(request.path))
                from .copies import backup_name

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


def _verify(data: bytes, plan: Plan, request: EditRequest) -> None:
    if data != plan.new:
        raise ChangedByOther(f"Error while writing {request.path}: it was changed by someone else meanwhile")


def _result(request: EditRequest, plan: Plan, saved: str | None) -> dict[str, Any]:
    return {
        "changed": plan.changed,
        "path": request.path,
        "section": request.stanza.section.decode("ascii"),
        "before": _shown_values(plan.before),
        "after": _shown_values(inspect(plan.edit.profile, request.stanza)),
        "backup_file": saved,
        "newline": line_ends(plan.new),
        "notes": [note._asdict() for note in plan.edit.notes],
    }


def _shown_values(values: Values) -> dict[str, str | None]:
    return {shown(key): None if value is None else shown(value) for key, value in values.items()}


__all__ = ("apply",)
