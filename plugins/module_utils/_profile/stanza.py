# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stanza should be, whether a private profile is so, and what to say of it.

PRIVATE to the collection: no part of this file is a public interface.

What real Windows reads decides whether an edit is needed.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Optional

from .document import (
    CTRL_Z,
    LINE_BREAKS,
    PLAIN_BLANKS,
    READINGS,
    UTF8_MARK,
    WINDOWS,
    Profile,
    Reading,
    read_section,
    shown,
)

# A message quotes no more bytes of a file than this.
QUOTED = 80


class Stanza(NamedTuple):
    """A section and the keys and values that Windows should read there."""

    section: bytes
    settings: tuple[tuple[bytes, bytes], ...]


class Note(NamedTuple):
    """Something that a user should know about the file: a stable code and a sentence."""

    code: str
    message: str


class Edit(NamedTuple):
    """The edited profile and what is to be said about it."""

    profile: Profile
    notes: tuple[Note, ...]


Values = Dict[bytes, Optional[bytes]]


def inspect(profile: Profile, stanza: Stanza, reading: Reading = WINDOWS) -> Values:
    """Give what a reader gets for each key of the stanza, None for nothing."""
    section = read_section(profile, stanza.section, reading)
    return {key: section.value(key) if section else None for key, _value in stanza.settings}


def is_present(profile: Profile, stanza: Stanza, reading: Reading = WINDOWS) -> bool:
    """Tell whether a reader gets the wanted value for each key."""
    values = inspect(profile, stanza, reading)
    return all(values[key] == value for key, value in stanza.settings)


def is_absent(profile: Profile, stanza: Stanza) -> bool:
    """Tell whether Windows reads nothing for each key."""
    return all(value is None for value in inspect(profile, stanza).values())


def notes_on(profile: Profile, stanza: Stanza) -> tuple[Note, ...]:
    """Give what a user should know about the file as it is."""
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


__all__ = ("Edit", "Note", "Stanza", "Values", "inspect", "is_absent", "is_present", "notes_on", "quoted")
