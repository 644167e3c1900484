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
    READINGS,
    UTF8_MARK,
    WINDOWS,
    Profile,
    Reading,
    read_section,
)


class Stanza(NamedTuple):
    """A section and the keys and values that Windows should read there."""

    section: bytes
    settings: tuple[tuple[bytes, bytes], ...]


# KB Q254909.
DEFAULT_STANZA = Stanza(b"EMSMTA", ((b"Disable", b"1"),))


class Note(NamedTuple):
    """Something that a user should know about the file: a stable code and a sentence."""

    code: str
    message: str


class Edit(NamedTuple):
    """The edited profile and what is to be said about it."""

    profile: Profile
    notes: tuple[Note, ...]


Values = Dict[bytes, Optional[bytes]]


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


def is_plain(profile: Profile, stanza: Stanza) -> bool:
    """Tell whether all readers get the same for each key, and no byte of the file is doubtful."""
    ours = inspect(profile, stanza)
    if any(inspect(profile, stanza, reading) != ours for reading in READINGS[1:]):
        return False
    text = profile.render()
    return CTRL_Z not in text and not text.startswith(UTF8_MARK)


__all__ = (
    "DEFAULT_STANZA",
    "Edit",
    "Note",
    "Plan",
    "Stanza",
    "Values",
    "inspect",
    "is_absent",
    "is_plain",
    "is_present",
)
