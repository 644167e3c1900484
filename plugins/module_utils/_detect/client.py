# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WinSock Proxy Client: the file that it reads, its generation, and signs that it is switched on.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
from .._windows.version_resource import (
    version_resource,
)
from .evidence import (
    ABSENT,
    DOCUMENTED,
    INFERRED,
    INSTALLED,
    UNKNOWN,
    ClientDetails,
    Fact,
    Part,
    Peers,
)
from .look import Look
from .system_ini import SystemIni
from .wording import QUOTED, excerpt, listed

if TYPE_CHECKING:
    from .evidence import Certainty

# KB Q231878: on all operating systems, System.ini names the client's file.
POINTER_SECTION, POINTER_KEY = b"Microsoft Proxy Service", b"Ini File Path"
POINTER = "the pointer in System.ini"
CLIENT_FILE = "Mspclnt.ini"
# Proxy 1.0 and 2.0 (KB Q231878); ISA Server 2000's Firewall Client (KB Q323457).
DEFAULT_CLIENT_FILES = ("Mspclnt\\Mspclnt.ini", "Program Files\\Microsoft Firewall Client\\Mspclnt.ini")
# The client of ISA Server 2004 (KB CC302546), which has no Mspclnt.ini.
NEWER_PROGRAM = "FwcAgent.exe"
NEWER_CLIENT = f"Program Files\\Microsoft Firewall Client 2004\\{NEWER_PROGRAM}"
# CAT8 and KB Q231878; the sample of ISA Server 2000 has the second in the place of the first.
MASTER_SECTIONS = ("Master Config", "My Config")
# CAT10: client 1.0 puts its DLL in the place of this one, under this description.
WINSOCK_DLL, DLL_1_0 = "System32\\wsock32.dll", "Microsoft Remote Windows Socket"
# KB Q257547: the DLL of clients 2.0 and ISA, which shows as a layered Winsock provider.
PROVIDER_DLL = b"wspwsp.dll"
CATALOG = "SYSTEM\\CurrentControlSet\\Services\\WinSock2\\Parameters\\Protocol_Catalog9\\Catalog_Entries"
# A layered provider comes before those of Windows; each entry costs two requests.
CATALOG_ENTRIES = 4
# The tables of local addresses (KB Q253253), and a file that an editor saved under a wrong name (KB Q181420).
TABLES, MISTAKEN = ("msplat.txt", "locallat.txt"), ("mspclnt.ini.txt", "wspcfg.ini.txt")


class Texts(NamedTuple):
    """Files of a folder by their Windows paths: tables of local addresses, and files saved under a wrong name."""

    tables: tuple[str, ...] = ()
    saved_as_text: tuple[str, ...] = ()

    def facts(self, folder: str) -> tuple[Fact, ...]:
        """Give the tables as an item of evidence, where there are any."""
        return (Fact("address_tables", self.tables, folder),) if self.tables else ()


def find_client(look: Look, system_ini: SystemIni) -> Part:
    """Find the file that the client reads."""
    if system_ini.profile is None:
        reason = f"System.ini, which names the client's file, was not read ({system_ini.reason})"
        return Part(UNKNOWN, DOCUMENTED, reason, "Q231878", brief=system_ini.brief)
    pointers = _pointers(system_ini.profile)
    if len(pointers) > 1:
        reason = "the pointer to its file in System.ini can be read in more than one way"
        return _unknown(look, reason, f"{POINTER} can be read in more than one way")
    pointer = pointers.pop()
    return _default_client(look) if pointer is None else _pointed_client(look, pointer)


def _pointers(system_ini: Profile) -> set[bytes | None]:
    return {read_value(system_ini, POINTER_SECTION, POINTER_KEY, reading) for reading in READINGS}


def pointed_folder(system_ini: Profile | None) -> str | None:
    """Give the folder in which the client's file should be, where System.ini names a path on a drive."""
    pointers = _pointers(system_ini) if system_ini is not None else set()
    pointer = pointers.pop() if len(pointers) == 1 else None
    if pointer is None:
        return None
    try:
        _refuse_odd(pointer)
        folder = pointer.decode("cp1252", "replace").rpartition("\\")[0]
        split_windows_path(folder + "\\")
    except ServerError:
        return None
    return folder


def _unknown(look: Look, reason: str, brief: str, certainty: Certainty = DOCUMENTED) -> Part:
    look.gap(CLIENT_FILE, reason)
    return Part(UNKNOWN, certainty, reason, "Q231878", brief=brief)


def _pointed_client(look: Look, pointer: bytes) -> Part:
    path = pointer.decode("cp1252", "replace")
    try:
        _refuse_odd(pointer)
        entry = look.files.find(path) if path else None
    except ServerError as error:
        return _unknown(look, f"{POINTER} cannot be followed: {error}", f"{POINTER} cannot be followed")
    if entry is not None and not entry.folder:
        return Part(INSTALLED, DOCUMENTED, f"System.ini names {entry.windows}", "Q231878", entry)
    what = "is a folder" if entry is not None else "does not exist; perhaps the client was removed"
    reason = f"{POINTER} (Ini File Path) leads nowhere: {path or 'an empty path'} {what}"
    return _unknown(look, reason, f"{POINTER} leads nowhere")


def _refuse_odd(pointer: bytes) -> None:
    """Refuse what Windows would not take for a path."""
    if len(pointer) > QUOTED:
        raise ServerError(f"{excerpt(pointer)} is longer than a path of Windows can be")
    if any(byte < 32 or byte == 127 for byte in pointer):
        raise ServerError(f"{excerpt(pointer)} holds control characters")


def _default_client(look: Look) -> Part:
    found = look.on_drives(DEFAULT_CLIENT_FILES, CLIENT_FILE)
    if found.only is not None:
        reason = f"System.ini has no pointer, but {found.only.windows} lies at a default place"
        return Part(INSTALLED, INFERRED, reason, "Q231878", found.only)
    if len(found.entries) > 1:
        reason = f"System.ini has no pointer, and {listed(found.entries)} lie at default places"
        return _unknown(look, reason, found.brief(CLIENT_FILE), INFERRED)
    if not found.complete:
        other = f"{listed(found.entries)} was found, but another" if found.entries else "a"
        reason = f"{other} default place could not be looked at ({found.reason})"
        return Part(UNKNOWN, INFERRED, reason, "Q231878", brief=found.brief(CLIENT_FILE))
    reason = "System.ini has no pointer to its file, and there is none at the default places"
    return Part(ABSENT, INFERRED, reason, "Q231878")


def find_newer_client(look: Look, system_root: str | None) -> str | None:
    """Look for the client of ISA Server 2004, which is another product, on the drive of Windows or on all."""
    if system_root:
        found = look.existing([f"{system_root[:1]}:\\{NEWER_CLIENT}"], NEWER_PROGRAM)
    else:
        found = look.on_drives([NEWER_CLIENT], NEWER_PROGRAM)
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
    if (sure and not look.thorough) or details.has_wsp_client_section or system_root is None:
        return details
    return details._replace(dll_1_0=_dll_1_0(look, f"{system_root}\\{WINSOCK_DLL}"))


def _dll_1_0(look: Look, path: str) -> str | None:
    """Give the path of wsock32.dll where it is that of client 1.0."""
    entry = look.attempt("wsock32.dll", lambda: look.files.find(path))
    if entry is None or entry.folder:
        return None
    file = entry
    resource = look.attempt(f"description of {file.windows}", lambda: look.files.consult(file, version_resource))
    return file.windows if DLL_1_0.encode("utf-16-le") in (resource or b"") else None


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
        (details.has_wsp_client_section, "1.0", "[Wsp client]"),
        (details.says_do_not_edit, "ISA 2000", "remark that it should not be edited"),
        (details.is_2_0, "2.0", "[Internal] Build"),
    )
    name, sign = next(((name, sign) for found, name, sign in signs if found), ("unknown", "no sign of any"))
    return Fact("generation", name, f"{path} {sign}")


def find_switch(look: Look, details: ClientDetails) -> tuple[Fact, ...]:
    """Look for signs that the client is switched on: its DLL, or its place among the first Winsock providers."""
    if details.dll_1_0 is not None:
        return (Fact("switched_on", "yes", details.dll_1_0),)
    if look.registry is None:
        return ()
    stretch = look.stretch()
    for number in range(1, CATALOG_ENTRIES + 1):
        key = f"{CATALOG}\\{number:012}"
        value = look.value(key, "PackedCatalogItem")
        # The item begins with the path of its DLL.
        if value is not None and PROVIDER_DLL in value.data.partition(b"\0")[0].lower():
            return (Fact("switched_on", "yes", f"HKLM\\{key}\\PackedCatalogItem"),)
    if not stretch.complete:
        return ()
    provider = PROVIDER_DLL.decode()
    return (Fact("switched_on", "unknown", f"no {provider} in the first {CATALOG_ENTRIES} of HKLM\\{CATALOG}"),)


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
