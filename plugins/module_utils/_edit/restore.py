# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of old bytes, looked at before it is put back.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._errors import OptionError
from .._profile.document import Profile, ProfileError, parse, refuse_non_8bit
from .._profile.notes import notes_on
from .._profile.stanza import Edit, Note, Stanza, Values, inspect
from .._server.errors import Missing, ServerError
from .copies import digest_in_name, is_copy_of

if TYPE_CHECKING:
    from .._server.editor import Editor


def read_copy(editor: Editor, path: str) -> Profile:
    """Read the copy that is to be put back.

    Raises OptionError for a name that is not one of our copies, ServerError where there is no such copy, it cannot
    be read or holds other bytes than its name tells, ProfileError where it is no private profile.
    """
    if digest_in_name(path) is None:
        raise OptionError(
            f"backup_file: {path!r} is not named like a copy of this module, <file name>.<8 hexadecimal digits>.bak, "
            "so nothing tells whether it is whole; copy it back by hand"
        )
    try:
        data = editor.read(path)
    except Missing as error:
        raise ServerError(f"Error while reading the copy {path}: there is no such file; nothing was changed") from error
    if not is_copy_of(path, data):
        raise ServerError(
            f"Error while reading the copy {path}: its bytes are not those that the digits in its name stand for, the "
            "first 8 of their SHA-256; it was cut short or changed, and nothing was put back: use another copy, or "
            "copy it back by hand"
        )
    try:
        refuse_non_8bit(data)
        return parse(data)
    except ProfileError as error:
        raise type(error)(f"Error while reading the copy {path}: {error}") from error


def putting_back(copy: Profile, now: bytes, stanza: Stanza) -> tuple[Edit, Values]:
    """Give the edit that puts a copy back as a whole, and what Windows reads now for each key of the stanza.

    What is given up need not be a private profile: perhaps it is why someone goes back.
    """
    notes = notes_on(copy, stanza)
    try:
        refuse_non_8bit(now)
        return Edit(copy, notes), inspect(parse(now), stanza)
    except ProfileError as error:
        note = Note("before_unknown", f"what Windows reads in the bytes that are replaced is not told: {error}")
        return Edit(copy, (note, *notes)), dict.fromkeys((key for key, _value in stanza.settings), None)


__all__ = ("putting_back", "read_copy")
