# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence about the Exchange MTA and the WinSock Proxy Client, from the protocols only.

PRIVATE to the collection: no part of this file is a public interface.

What could not be read never counts as absent. Each part is installed, absent or unknown,
and an unknown one has a reason.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile import (
    READINGS,
    WINDOWS,
    Profile,
    ProfileError,
    parse,
    read_section,
    read_value,
    refuse_wide,
    shown,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server import (
    ConnectionLost,
    Entry,
    Files,
    ServerError,
)

INSTALLED, ABSENT, UNKNOWN = "installed", "absent", "unknown"
DOCUMENTED, INFERRED = "documented", "inferred"

# Folders of Windows NT, of Small Business Server, and of an upgrade from Windows 95.
SYSTEM_FOLDERS = ("WINNT", "WINNT.SBS", "WINDOWS")
# KB Q231878: on all operating systems, System.ini names the client's file.
POINTER_SECTION, POINTER_KEY = b"Microsoft Proxy Service", b"Ini File Path"
# Proxy 1.0 and 2.0 (KB Q231878); ISA Server 2000's Firewall Client (KB Q323457).
DEFAULT_CLIENT_FILES = ("Mspclnt\\Mspclnt.ini", "Program Files\\Microsoft Firewall Client\\Mspclnt.ini")
# KB Q143380: the default root of Exchange Server is \Exchsrvr.
DEFAULT_EXCHANGE_BIN = "Exchsrvr\\Bin"
MTA_PROGRAM = "EMSMTA.EXE"
MTA_SECTION, MTA_KEY = b"EMSMTA", b"Disable"
# A message quotes no more of a file than this; the longest path of that time has 260 characters.
QUOTED = 260


class Part(NamedTuple):
    """One part of the server: its state, how sure that is, why, and the article that says so."""

    state: str
    certainty: str
    reason: str
    source: str
    entry: Entry | None = None


class Stanza(NamedTuple):
    """What Windows reads as section EMSMTA of one file.

    present: the section is there. value: of Disable, None for nothing. keys: name, value
    and line of each key. doubt: what another reader would read differently.
    """

    entry: Entry
    present: bool
    value: bytes | None
    keys: tuple[tuple[bytes, bytes, int], ...]
    doubt: str | None

    @property
    def protects(self) -> bool:
        """Tell whether this stanza turns the client off for the MTA."""
        return self.value == b"1"


class Client(NamedTuple):
    """What Mspclnt.ini says of the client itself."""

    build: bytes | None
    master: bytes | None
    refresh_hours: bytes | None
    servers: tuple[bytes, ...]
    has_wsp_client_section: bool
    has_master_config: bool
    says_do_not_edit: bool


class Gap(NamedTuple):
    """Something that could not be read, and why."""

    what: str
    reason: str


class Evidence(NamedTuple):
    """All that was found. A stanza or client is None where its file is not there or not readable."""

    mta: Part
    client: Part
    system_ini: Entry | None
    mspclnt: Stanza | None
    wspcfg: Stanza | None
    wspcfg_entry: Entry | None
    details: Client | None
    unreadable: tuple[Gap, ...]
    not_read: tuple[Gap, ...]


class Places(NamedTuple):
    """What the user knows: Windows paths, and whether the drives are all that the server has."""

    system_root: str | None = None
    exchange_bin: str | None = None
    drives_complete: bool = False


def named(data: bytes) -> str:
    """Give bytes of a file for a message: printable, and not without end."""
    text = shown(data[:QUOTED])
    return text if len(data) <= QUOTED else f"{text}... ({len(data)} characters)"


def gather(files: Files, places: Places) -> Evidence:
    """Look at the server's files and give the evidence; raise ConnectionLost where the drives cannot be listed."""
    gaps: list[Gap] = []
    system_ini, pointer = _system_ini(files, places, gaps)
    client = _client(files, pointer, gaps)
    mta = _mta(files, places, gaps)
    unreadable: list[Gap] = []
    mspclnt, details = None, None
    if client.entry is not None:
        profile = _profile(files, client.entry, unreadable)
        if profile is not None:
            mspclnt, details = _stanza(client.entry, profile), _details(profile)
    wspcfg_entry = _wspcfg(files, mta, unreadable)
    wspcfg = None
    if wspcfg_entry is not None:
        profile = _profile(files, wspcfg_entry, unreadable)
        wspcfg = _stanza(wspcfg_entry, profile) if profile is not None else None
    return Evidence(
        mta, client, system_ini, mspclnt, wspcfg, wspcfg_entry, details, tuple(unreadable), tuple(gaps + unreadable)
    )


def _system_ini(files: Files, places: Places, gaps: list[Gap]) -> tuple[Entry | None, Profile | None]:
    """Find the one System.ini and read it; without one, say what stands against it."""
    root = places.system_root or files.system_root()
    if root:
        candidates = [root.rstrip("\\/") + "\\System.ini"]
    else:
        candidates = [f"{drive}:\\{folder}\\System.ini" for drive in files.drives() for folder in SYSTEM_FOLDERS]
    found = _existing(files, candidates, "System.ini", gaps)
    if len(found) == 1 and not gaps:
        return found[0], _profile(files, found[0], gaps)
    if len(found) > 1:
        gaps.append(
            Gap("System.ini", f"there are several, {_and(found)}: set 'system_root' to the system folder in use")
        )
    elif found:
        reason = f"{_and(found)} was found, but not all places could be looked at ({gaps[-1].reason})"
        gaps.append(Gap("System.ini", f"{reason}: set 'system_root' to the system folder in use"))
    elif not gaps:
        looked_for = ", ".join(candidates) or "no drive"
        gaps.append(Gap("System.ini", f"it is not there; looked for {looked_for}: give its folder as 'system_root'"))
    return None, None


def _client(files: Files, system_ini: Profile | None, gaps: list[Gap]) -> Part:
    if system_ini is None:
        reason = f"System.ini, which names the client's file, was not read ({gaps[-1].reason})"
        return Part(UNKNOWN, DOCUMENTED, reason, "Q231878")
    pointers = {read_value(system_ini, POINTER_SECTION, POINTER_KEY, reading) for reading in READINGS}
    if len(pointers) > 1:
        reason = "the pointer to its file in System.ini can be read in more than one way"
        gaps.append(Gap("Mspclnt.ini", reason))
        return Part(UNKNOWN, DOCUMENTED, reason, "Q231878")
    pointer = pointers.pop()
    return _default_client(files, gaps) if pointer is None else _pointed_client(files, pointer, gaps)


def _pointed_client(files: Files, pointer: bytes, gaps: list[Gap]) -> Part:
    path = pointer.decode("cp1252", "replace")
    try:
        _refuse_odd(pointer)
        entry = files.find(path) if path else None
        if entry is not None and not entry.folder:
            return Part(INSTALLED, DOCUMENTED, f"System.ini names {entry.windows}", "Q231878", entry)
        what = "is a folder" if entry is not None else "does not exist"
        reason = f"the pointer in System.ini leads nowhere: {path or 'an empty path'} {what}"
    except ConnectionLost:
        raise
    except ServerError as error:
        reason = f"the pointer in System.ini cannot be followed: {error}"
    gaps.append(Gap("Mspclnt.ini", reason))
    return Part(UNKNOWN, DOCUMENTED, reason, "Q231878")


def _refuse_odd(pointer: bytes) -> None:
    """Refuse what Windows would not take for a path."""
    if len(pointer) > QUOTED:
        raise ServerError(f"{named(pointer)} is longer than a path of Windows can be")
    if any(byte < 32 or byte == 127 for byte in pointer):
        raise ServerError(f"{named(pointer)} holds control characters")


def _default_client(files: Files, gaps: list[Gap]) -> Part:
    candidates = [f"{drive}:\\{file}" for drive in files.drives() for file in DEFAULT_CLIENT_FILES]
    known = len(gaps)
    found = _existing(files, candidates, "Mspclnt.ini", gaps)
    if len(found) == 1 and len(gaps) == known:
        reason = f"System.ini has no pointer, but {found[0].windows} lies at a default place"
        return Part(INSTALLED, INFERRED, reason, "Q231878", found[0])
    if len(found) > 1:
        reason = f"System.ini has no pointer, and {_and(found)} lie at default places"
        gaps.append(Gap("Mspclnt.ini", reason))
        return Part(UNKNOWN, INFERRED, reason, "Q231878")
    if len(gaps) > known:
        other = f"{_and(found)} was found, but another" if found else "a"
        return Part(UNKNOWN, INFERRED, f"{other} default place could not be looked at ({gaps[-1].reason})", "Q231878")
    reason = "System.ini has no pointer to its file, and there is none at the default places"
    return Part(ABSENT, INFERRED, reason, "Q231878")


def _mta(files: Files, places: Places, gaps: list[Gap]) -> Part:
    if places.exchange_bin:
        folders = [places.exchange_bin.rstrip("\\/")]
    else:
        folders = [f"{drive}:\\{DEFAULT_EXCHANGE_BIN}" for drive in files.drives()]
    known = len(gaps)
    found = _existing(files, [f"{folder}\\{MTA_PROGRAM}" for folder in folders], MTA_PROGRAM, gaps)
    if len(found) == 1 and len(gaps) == known:
        return Part(
            INSTALLED, INFERRED, f"{found[0].windows} was found; the registry was not read", "Q143380", found[0]
        )
    if len(found) > 1:
        reason = f"there are several, {_and(found)}: set 'exchange_bin' to the folder in use"
    elif found:
        reason = f"{_and(found)} was found, but not all places could be looked at ({gaps[-1].reason})"
        reason += ": set 'exchange_bin' to the folder in use"
    elif len(gaps) > known:
        return Part(UNKNOWN, INFERRED, f"{MTA_PROGRAM} could not be looked for ({gaps[-1].reason})", "Q143380")
    elif places.drives_complete:
        return _searched_mta(files, gaps)
    else:
        reason = (
            f"{MTA_PROGRAM} is not in {' or '.join(folders) or 'any drive'}, and other folders or drives may hold it"
        )
        reason += ": set 'exchange_bin', or give all drives and 'drives_complete'"
    gaps.append(Gap(MTA_PROGRAM, reason))
    return Part(UNKNOWN, INFERRED, reason, "Q143380")


def _searched_mta(files: Files, gaps: list[Gap]) -> Part:
    search = files.search(MTA_PROGRAM)
    if not search.entries and search.gap is None:
        return Part(ABSENT, INFERRED, f"no drive of the server holds {MTA_PROGRAM}", "Q143380")
    if search.entries:
        reason = (
            f"{_and(search.entries[:5])} was found, but nothing says that it is in use: set 'exchange_bin' if it is"
        )
    else:
        reason = f"the search for {MTA_PROGRAM} was not complete ({search.gap})"
    gaps.append(Gap(MTA_PROGRAM, reason))
    return Part(UNKNOWN, INFERRED, reason, "Q143380")


def _wspcfg(files: Files, mta: Part, unreadable: list[Gap]) -> Entry | None:
    """Find a Wspcfg.ini in the folder of EMSMTA.EXE, where the client looks first (CAT8, KB Q181420)."""
    if mta.entry is None:
        return None
    path = mta.entry.windows.rpartition("\\")[0] + "\\Wspcfg.ini"
    try:
        return files.find(path)
    except ConnectionLost:
        raise
    except ServerError as error:
        unreadable.append(Gap("Wspcfg.ini", str(error)))
        return None


def _and(entries: Sequence[Entry]) -> str:
    return " and ".join(entry.windows for entry in entries)


def _existing(files: Files, paths: list[str], what: str, gaps: list[Gap]) -> list[Entry]:
    found: dict[str, Entry] = {}
    for path in paths:
        try:
            entry = files.find(path)
        except ConnectionLost:
            raise
        except ServerError as error:
            gaps.append(Gap(what, str(error)))
            continue
        if entry is not None and not entry.folder:
            found.setdefault(entry.local, entry)
    return list(found.values())


def _profile(files: Files, entry: Entry, gaps: list[Gap]) -> Profile | None:
    try:
        data = files.read(entry)
        refuse_wide(data)
    except ConnectionLost:
        raise
    except (ServerError, ProfileError) as error:
        gaps.append(Gap(entry.windows, str(error)))
        return None
    return parse(data)


def _stanza(entry: Entry, profile: Profile) -> Stanza:
    # An empty section counts as well: whether Wspcfg.ini has it decides which file is used.
    readings = {reading.name: read_section(profile, MTA_SECTION, reading) for reading in READINGS}
    read = {name: (other is not None, other.value(MTA_KEY) if other else None) for name, other in readings.items()}
    others = [name for name, answer in read.items() if answer != read[WINDOWS.name]]
    section = readings[WINDOWS.name]
    keys = tuple((line.key, line.value, line.at + 1) for line in section.keys) if section else ()
    value = section.value(MTA_KEY) if section else None
    doubt = f"{others[0]} would read [EMSMTA] Disable in another way than {WINDOWS.name}" if others else None
    return Stanza(entry, section is not None, value, keys, doubt)


def _details(profile: Profile) -> Client:
    servers = read_section(profile, b"Servers Ip Addresses")
    return Client(
        build=read_value(profile, b"Internal", b"Build"),
        master=read_value(profile, b"Master Config", b"Path1"),
        refresh_hours=read_value(profile, b"Common", b"Configuration Refresh Time (Hours)"),
        servers=tuple(line.value for line in servers.keys) if servers else (),
        has_wsp_client_section=read_section(profile, b"Wsp client") is not None,
        has_master_config=read_section(profile, b"Master Config") is not None,
        says_do_not_edit=any(b"should not be edited" in line.lower() for line in profile.lines[:10]),
    )


__all__ = (
    "ABSENT",
    "DOCUMENTED",
    "INFERRED",
    "INSTALLED",
    "UNKNOWN",
    "Client",
    "Evidence",
    "Gap",
    "Part",
    "Places",
    "Stanza",
    "gather",
    "named",
)
