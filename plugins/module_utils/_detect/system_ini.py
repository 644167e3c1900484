# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""System.ini, which tells the system folder and names the client's file.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import NamedTuple

from .._profile.document import Profile
from .._server.protocols import Entry
from .look import Look

# Folders of Windows NT 4.0, of Small Business Server, of Windows NT 3.51, and of an upgrade from Windows 95.
SYSTEM_FOLDERS = ("WINNT", "WINNT.SBS", "WINNT35", "WINDOWS")
NAME = "System.ini"
SEPARATORS = "\\/"


class SystemIni(NamedTuple):
    """The one System.ini, what is in it, and the system folder; None is not known.

    reason: why it was not read. brief: the same in a few words and without a path.
    """

    entry: Entry | None = None
    profile: Profile | None = None
    root: str | None = None
    reason: str | None = None
    brief: str = ""


def find_system_ini(look: Look) -> SystemIni:
    """Find the one System.ini and read it; without one, note what stands against it."""
    stretch = look.stretch()
    root = look.hints.system_root or look.files.system_root()
    if root:
        found = look.existing([f"{root.rstrip(SEPARATORS)}\\{NAME}"], NAME)
    else:
        found = look.on_drives([f"{folder}\\{NAME}" for folder in SYSTEM_FOLDERS], NAME)
    entry = found.only
    if entry is not None:
        profile = look.profile(entry)
        path = found.looked_for[0] if root else entry.windows
        return SystemIni(entry, profile, path.rpartition("\\")[0], stretch.reason, f"{NAME} could not be read")
    if found.undecided is not None:
        look.gap(NAME, f"{found.undecided}: set 'system_root' to the system folder in use")
    elif found.complete:
        looked_for = ", ".join(found.looked_for) or "no drive"
        given = "correct 'system_root'" if look.hints.system_root else "give its folder as 'system_root'"
        look.gap(NAME, f"it is not there; looked for {looked_for}: {given}")
    return SystemIni(reason=stretch.reason, brief=found.brief(NAME))


__all__ = ("SystemIni", "find_system_ini")
