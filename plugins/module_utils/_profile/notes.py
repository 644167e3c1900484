# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user should know about a private profile, whatever is edited in it.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from .document import CTRL_Z, LINE_BREAKS, PLAIN_BLANKS, READINGS, UTF8_MARK, Profile, Reading, shown
from .stanza import Note, Stanza, inspect

# A message quotes no more bytes of a file than this.
QUOTED = 80


def notes_on(profile: Profile, stanza: Stanza) -> tuple[Note, ...]:
    """Give what a user should know about the file as it is; nothing where it is plain (see is_plain)."""
    notes = [note for reading in READINGS[1:] for note in _differences(profile, stanza, reading)]
    if profile.lines and profile.lines[0].startswith(UTF8_MARK):
        notes.append(
            Note("utf8_mark", "the file starts with a UTF-8 mark: Windows does not find a section on its first line")
        )
    line = _line_of_inner_ctrl_z(profile)
    if line:
        notes.append(
            Note(
                "ctrl_z",
                f"line {line} holds a Ctrl-Z (0x1A) before more text: whether Windows NT reads on is not known",
            )
        )
    return tuple(notes)


def _line_of_inner_ctrl_z(profile: Profile) -> int:
    """Give the number of the first line with a Ctrl-Z that has text behind it, 0 for none."""
    if CTRL_Z not in profile.render():
        return 0
    text = profile.render().rstrip(PLAIN_BLANKS + LINE_BREAKS + CTRL_Z)
    return len(text[: text.index(CTRL_Z) + 1].splitlines()) if CTRL_Z in text else 0


def _differences(profile: Profile, stanza: Stanza, reading: Reading) -> list[Note]:
    ours, theirs = inspect(profile, stanza), inspect(profile, stanza, reading)
    return [
        Note(
            "readers_differ",
            f"[{shown(stanza.section)}] {shown(key)}: Windows reads {quoted(ours[key])}, "
            f"{reading.name} would read {quoted(theirs[key])}",
        )
        for key in ours
        if ours[key] != theirs[key]
    ]


def quoted(value: bytes | None) -> str:
    """Give a value as a user sees it."""
    if value is None:
        return "nothing"
    rest = f"... ({len(value)} characters)" if len(value) > QUOTED else ""
    return f"'{shown(value[:QUOTED])}'{rest}"


__all__ = ("notes_on", "quoted")
