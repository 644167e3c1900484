# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WinSock Proxy Client: the file that it reads, its generation, and signs that it is switched on.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import NamedTuple

from .._profile.document import (
    READINGS,
    Profile,
    read_section,
    read_value,
    refuse_non_8bit,
)
from .._server.errors import ServerError
from .._server.windows_path import split_windows_path
from .._windows.lat import outside, ranges
from .client_places import (
    CLIENT_FILE,
    FIREWALL_CLIENT,
    SECTION,
    find_dll_1_0,
    find_without_pointer,
)
from .evidence import (
    DOCUMENTED,
    INSTALLED,
    UNKNOWN,
    ClientDetails,
    Fact,
    Part,
    Peers,
)
from .look import Look
from .places import AS_ASSUMED, CATALOG, CATALOG_ENTRIES, PROVIDER_DLL, Places
from .system_ini import SystemIni
from .wording import excerpt

# KB Q231878: on all operating systems, System.ini names the client's file.
POINTER_KEY = b"Ini File Path"
POINTER = "the pointer in System.ini"
# The client of ISA Server 2004 (page cc302546), which has no Mspclnt.ini, below Program Files.
NEWER_PROGRAM = "FwcAgent.exe"
NEWER_CLIENT = f"{FIREWALL_CLIENT} 2004\\{NEWER_PROGRAM}"
# CAT8 and KB Q231878; the sample of ISA Server 2000 has the second in the place of the first.
MASTER_SECTIONS = ("Master Config", "My Config")
# The tables of local addresses (CAT8). KB Q181420: an editor may save Wspcfg.ini under a name that ends in .txt; that
# it may do so with the other file is inferred.
TABLES, MISTAKEN = ("msplat.txt", "locallat.txt"), ("mspclnt.ini.txt", "wspcfg.ini.txt")


class Texts(NamedTuple):
    """Files of a folder by their Windows paths: tables of local addresses, and files saved under a wrong name."""

    tables: tuple[str, ...] = ()
    saved_as_text: tuple[str, ...] = ()

    def facts(self, folder: str) -> tuple[Fact, ...]:
        """Give the tables as an item of evidence, where there are any."""
        return (Fact("address_tables", self.tables, folder),) if self.tables else ()


def find_client(look: Look, places: Places, system_ini: SystemIni) -> Part:
    """Find the file that the client reads."""
    if system_ini.profile is None:
        reason = f"System.ini, which names the client's file, was not read ({system_ini.reason})"
        return Part(UNKNOWN, DOCUMENTED, reason, "Q231878", brief=system_ini.brief)
    pointers = _pointers(system_ini.profile)
    if len(pointers) > 1:
        reason = "the pointer to its file in System.ini can be read in more than one way"
        return _unknown(look, reason, f"{POINTER} can be read in more than one way")
    pointer = pointers.pop()
    if pointer is None:
        return find_without_pointer(look, places, system_ini.profile, system_ini.root)
    return _pointed_client(look, places, pointer)


def _pointers(system_ini: Profile) -> set[bytes | None]:
    return {read_value(system_ini, SECTION, POINTER_KEY, reading) for reading in READINGS}


def pointed_folder(places: Places, system_ini: Profile | None) -> str | None:
    """Give the folder in which the client's file should be, where System.ini names a path on a drive."""
    pointers = _pointers(system_ini) if system_ini is not None else set()
    pointer = pointers.pop() if len(pointers) == 1 else None
    if pointer is None:
        return None
    try:
        folder = places.path(pointer).text.rpartition("\\")[0]
        split_windows_path(folder + "\\")
    except ServerError:
        return None
    return folder


def _unknown(look: Look, reason: str, brief: str) -> Part:
    look.gap(CLIENT_FILE, reason)
    return Part(UNKNOWN, DOCUMENTED, reason, "Q231878", brief=brief)


def _pointed_client(look: Look, places: Places, pointer: bytes) -> Part:
    try:
        path, assumed = places.path(pointer)
        entry = look.files.find(path) if path else None
    except ServerError as error:
        return _unknown(look, f"{POINTER} cannot be followed: {error}", f"{POINTER} cannot be followed")
    if entry is not None and not entry.folder:
        return Part(INSTALLED, DOCUMENTED, f"System.ini names {entry.windows}", "Q231878", entry)
    brief = f"{POINTER} leads nowhere"
    if entry is not None:
        what = "is a folder"
    elif assumed:
        # That it was removed would be a guess: the name may be another one.
        what = f"does not exist, {AS_ASSUMED}, since the server's own (ACP in the registry) is not known"
        brief = f"{brief}, {AS_ASSUMED}"
    else:
        what = "does not exist; perhaps the client was removed"
    reason = f"{POINTER} (Ini File Path) leads nowhere: {path or 'an empty path'} {what}"
    return _unknown(look, reason, brief)


def find_newer_client(look: Look, places: Places) -> str | None:
    """Look for the client of ISA Server 2004, which is another product."""
    paths = [f"{folder}\\{NEWER_CLIENT}" for folder in places.program_files()]
    found = look.existing(paths, NEWER_PROGRAM)
    return found.entries[0].windows if found.entries else None


def read_details(look: Look, profile: Profile, system_root: str | None) -> ClientDetails:
    """Take from Mspclnt.ini what it says of the client; where that is not sure, or to be thorough, look at the DLL."""
    masters = {section: read_value(profile, section.encode(), b"Path1") for section in MASTER_SECTIONS}
    section = next((name for name, path in masters.items() if path), MASTER_SECTIONS[0])
    servers = read_section(profile, b"Servers Ip Addresses")
    details = ClientDetails(
        build=read_value(profile, b"Internal", b"Build"),
        master=masters[section],
        master_section=section,
        refresh_hours=read_value(profile, b"Common", b"Configuration Refresh Time (Hours)"),
        servers=tuple(line.value for line in servers.keys) if servers else (),
        has_wsp_client_section=read_section(profile, b"Wsp client") is not None,
        has_master_config=read_section(profile, b"Master Config") is not None,
        says_do_not_edit=any(b"should not be edited" in line.lower() for line in profile.lines[:10]),
    )
    sure = details.is_2_0 or details.says_do_not_edit
    if (sure and not look.thorough) or details.is_1_0 or system_root is None:
        return details
    return details._replace(dll_1_0=find_dll_1_0(look, system_root))


def client_facts(details: ClientDetails, path: str) -> tuple[Fact, ...]:
    """Give what Mspclnt.ini says as items of evidence."""
    texts = (
        ("build", details.build, "[Internal] Build"),
        ("master", details.master, f"[{details.master_section}] Path1"),
        ("refresh_hours", details.refresh_hours, "[Common] Configuration Refresh Time (Hours)"),
    )
    found = [Fact(name, excerpt(value), f"{path} {where}") for name, value, where in texts if value is not None]
    if details.servers:
        names = tuple(excerpt(server) for server in details.servers)
        found.append(Fact("proxy_servers", names, f"{path} [Servers Ip Addresses]"))
    return (_generation(details, path), *found)


def _generation(details: ClientDetails, path: str) -> Fact:
    if details.dll_1_0 is not None:
        return Fact("generation", "1.0", details.dll_1_0)
    signs = (
        (details.is_1_0, "1.0", "[Wsp client]"),
        (details.says_do_not_edit, "ISA 2000", "remark that it should not be edited"),
        (details.is_2_0, "2.0", "[Internal] Build"),
    )
    name, sign = next(((name, sign) for found, name, sign in signs if found), ("unknown", "no sign of any"))
    return Fact("generation", name, f"{path} {sign}")


def find_switch(places: Places, details: ClientDetails) -> tuple[Fact, ...]:
    """Look for signs that the client is switched on: its DLL, or its place among the first Winsock providers."""
    if details.dll_1_0 is not None:
        return (Fact("switched_on", "yes", details.dll_1_0),)
    catalog = places.catalog()
    if catalog.provider is not None:
        return (Fact("switched_on", "yes", catalog.origin),)
    if not catalog.read:
        return ()
    return (Fact("switched_on", "unknown", f"no {PROVIDER_DLL} in the first {CATALOG_ENTRIES} of HKLM\\{CATALOG}"),)


def find_texts(look: Look, folder: str) -> Texts:
    """List the tables of local addresses in a folder, and files of the client saved under a wrong name."""
    names = look.attempt(folder, lambda: look.files.names(folder, ".txt")) or []
    return Texts(
        tables=tuple(f"{folder}\\{name}" for name in names if name.lower() in TABLES),
        saved_as_text=tuple(f"{folder}\\{name}" for name in names if name.lower() in MISTAKEN),
    )


def find_peers(look: Look, folder: str, tables: tuple[str, ...]) -> Peers | None:
    """Compare the remote MTAs with the tables of local addresses; None where that cannot be told."""
    remote = look.hints.remote_mtas
    if not remote:
        return None
    if not tables:
        look.gap(folder, f"no table of local addresses ({' or '.join(TABLES)}) was found in {folder}")
        return None
    stretch = look.stretch()
    known: list[tuple[int, int]] = []
    for path in tables:
        known += look.attempt(path, lambda path=path: _ranges(look, path)) or []  # type: ignore[misc]
    missing = outside(remote, known)
    # A table that could not be read may have those that the others lack.
    return None if missing and not stretch.complete else Peers(remote, missing)


def _ranges(look: Look, path: str) -> list[tuple[int, int]]:
    entry = look.files.find(path)
    data = look.files.read(entry) if entry is not None else b""
    refuse_non_8bit(data)
    found = ranges(data)
    if data.strip() and not found:
        raise ServerError(f"{path}: no line in it is a range of addresses")
    return found


__all__ = (
    "Texts",
    "client_facts",
    "find_client",
    "find_newer_client",
    "find_peers",
    "find_switch",
    "find_texts",
    "pointed_folder",
    "read_details",
)
