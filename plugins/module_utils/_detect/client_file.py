# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mspclnt.ini and Wspcfg.ini: where the client looks for them, and what Windows reads there for the MTA.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import NamedTuple

from .._profile.document import (
    READINGS,
    WINDOWS,
    Profile,
    read_section,
)
from .._server.protocols import Entry
from .._server.text import is_plain
from .evidence import FoundStanza, Part
from .look import Look

# The path in a result is what an edit takes.
UNNAMEABLE = "its path holds characters that are not printable, so that no result can name it: rename the folder"
MTA_SECTION, MTA_KEY = b"EMSMTA", b"Disable"


class ClientFile(NamedTuple):
    """One file of the client, as far as it is there and could be read."""

    entry: Entry | None = None
    profile: Profile | None = None
    stanza: FoundStanza | None = None


def find_wspcfg(look: Look, mta: Part) -> Entry | None:
    """Find a Wspcfg.ini in the folder of EMSMTA.EXE, read first (CAT8, KB Q323457; inferred for client 2.0)."""
    if mta.entry is None:
        return None
    path = f"{folder_of(mta.entry)}\\Wspcfg.ini"
    return look.attempt("Wspcfg.ini", lambda: look.files.find(path))


def read_client_file(look: Look, entry: Entry | None) -> ClientFile:
    """Read a file, where there is one, and section EMSMTA in it; note why it could not be read."""
    if entry is not None and not (is_plain(entry.windows) and is_plain(entry.local)):
        look.gap(entry.windows, f"{entry.local}: {UNNAMEABLE}")
        return ClientFile(entry)
    profile = look.profile(entry) if entry is not None else None
    if entry is None or profile is None:
        return ClientFile(entry)
    return ClientFile(entry, profile, _stanza(entry, profile))


def folder_of(entry: Entry) -> str:
    """Give the Windows path of a file's folder."""
    return entry.windows.rpartition("\\")[0]


def _stanza(entry: Entry, profile: Profile) -> FoundStanza:
    # An empty section counts as well: whether Wspcfg.ini has it decides which file is used.
    readings = {reading.name: read_section(profile, MTA_SECTION, reading) for reading in READINGS}
    read = {name: (other is not None, other.value(MTA_KEY) if other else None) for name, other in readings.items()}
    others = [name for name, answer in read.items() if answer != read[WINDOWS.name]]
    section = readings[WINDOWS.name]
    keys = tuple((line.key, line.value, line.at + 1) for line in section.keys) if section else ()
    value = section.value(MTA_KEY) if section else None
    doubt = f"{others[0]} would read [EMSMTA] Disable in another way than {WINDOWS.name}" if others else None
    return FoundStanza(entry, section is not None, value, keys, doubt, profile)


__all__ = ("MTA_KEY", "ClientFile", "find_wspcfg", "folder_of", "read_client_file")
