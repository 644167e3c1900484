# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The procedure: read, plan, check mode, backup, write, read back, result.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    Plan,
    Values,
    inspect,
    is_absent,
    is_plain,
    is_present,
)
from .._server.errors import Missing, refuse_large

if TYPE_CHECKING:
    from .._options.mspclnt_ini import EditRequest
    from .._profile.stanza import Note, Stanza
    from .._server.editor import Editor


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
    if plan.changed:
        # Most files are right already: what a change needs is loaded only where there is one.
        from .change import change

        plan, saved = change(editor, request, plan, lambda old: _plan(old, request, copy), check)
    result = _result(request, plan, saved)
    if diff:
        from .difference import difference

        result["diff"] = [difference(editor.full_name(request.path), plan.old or b"", plan.new)]
    copies = editor.left_beside(request.path)
    if copies:
        from .copies import notes_on_left

        result["notes"] += [note._asdict() for note in notes_on_left(copies, plan.old)]
    return result


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
        return Edit(profile, _notes_on(profile, request.stanza))
    # Most files are right already: what edits is loaded only where there is something to edit.
    from .._profile.edits import ensure, remove

    return (ensure if request.present else remove)(profile, request.stanza)


def _notes_on(profile: Profile, stanza: Stanza) -> tuple[Note, ...]:
    if is_plain(profile, stanza):
        return ()
    from .._profile.notes import notes_on

    return notes_on(profile, stanza)


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
