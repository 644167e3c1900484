# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence about the Exchange MTA and the WinSock Proxy Client, from the protocols only.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional

from .._profile.document import (
    READINGS,
    WINDOWS,
    Profile,
    read_section,
)
from .._server.protocols import Entry, Files, Registry
from .client import (
    client_facts,
    find_client,
    find_newer_client,
    find_peers,
    find_switch,
    find_texts,
    pointed_folder,
    read_details,
)
from .evidence import (
    ABSENT,
    DOCUMENTED,
    UNKNOWN,
    Client,
    Evidence,
    Fact,
    Look,
    Part,
    Peers,
    Places,
    Stanza,
    listed,
)
from .mta import find_mta
from .system import find_system

# Folders of Windows NT 4.0, of Small Business Server, of Windows NT 3.51, and of an upgrade from Windows 95.
SYSTEM_FOLDERS = ("WINNT", "WINNT.SBS", "WINNT35", "WINDOWS")
NOT_LOOKED_FOR = "not looked for beside the master copy of a proxy server"
MTA_SECTION, MTA_KEY = b"EMSMTA", b"Disable"
# Opens the registry of a server whose system folder is at this Windows path, or not known.
OpenRegistry = Callable[[Optional[str]], Registry]


class _SystemIni(NamedTuple):
    entry: Entry | None = None
    profile: Profile | None = None
    root: str | None = None


class _AboutClient(NamedTuple):
    details: Client | None = None
    facts: tuple[Fact, ...] = ()
    saved_as_text: tuple[str, ...] = ()
    peers: Peers | None = None


def gather(files: Files, places: Places, open_registry: OpenRegistry | None = None) -> Evidence:
    """Look at a server and give the evidence.

    Args:
        files: the server's files.
        places: what the user knows.
        open_registry: gives the server's registry; None where that is not to be read.

    Raises:
        ConnectionLost: the server could not be looked at to the end.
    """
    look = Look(files, None)
    system_ini = _system_ini(look, places)
    look.registry = open_registry(system_ini.root) if open_registry is not None else None
    client = find_client(look, system_ini.profile)
    mta = find_mta(look, places)
    known = len(look.gaps)
    profile = look.profile(client.entry) if client.entry is not None else None
    wspcfg_entry = _wspcfg(look, mta.part)
    wspcfg = look.profile(wspcfg_entry) if wspcfg_entry is not None else None
    unreadable = tuple(look.gaps[known:])
    mspclnt = _stanza(client.entry, profile) if client.entry is not None and profile is not None else None
    # By the files alone, a server costs no look that its judgement does not need.
    thorough = open_registry is not None
    listing = thorough or mspclnt is None or not mspclnt.protects or bool(places.remote_mtas)
    about = _about_client(look, client, profile, system_ini, places, (thorough, listing))
    system, system_facts = find_system(look)
    newer_client = find_newer_client(look, system.root) if thorough or client.state == ABSENT else None
    beside_mta = find_texts(look, _folder(mta.part.entry))[1] if thorough and mta.part.entry is not None else ()
    return Evidence(
        mta=mta.part,
        client=client,
        system_ini=system_ini.entry,
        mspclnt=mspclnt,
        wspcfg=_stanza(wspcfg_entry, wspcfg) if wspcfg_entry is not None and wspcfg is not None else None,
        wspcfg_entry=wspcfg_entry,
        details=about.details,
        unreadable=unreadable,
        not_read=tuple(look.gaps),
        system=system,
        product=mta.product,
        disabled_service=mta.disabled,
        no_x400=mta.no_x400,
        saved_as_text=about.saved_as_text + beside_mta,
        newer_client=newer_client,
        peers=about.peers,
        mta_facts=mta.facts,
        client_facts=about.facts,
        system_facts=system_facts,
    )


def gather_master(files: Files, path: str) -> Evidence:
    """Look at a proxy server's master copy of Mspclnt.ini, and at nothing else there.

    Args:
        files: the proxy server's files.
        path: Windows path of the master copy (KB Q181847: C:\\Msp\\Clients\\Mspclnt.ini).

    Raises:
        ConnectionLost: the file could not be read to the end.
    """
    look = Look(files, None)
    entry = look.attempt(path, lambda: files.find(path))
    profile = look.profile(entry) if entry is not None else None
    if entry is None and not look.gaps:
        look.gap(path, f"there is no {path}, and none is made here")
    details = read_details(look, profile, None) if profile is not None else None
    return Evidence(
        mta=Part(UNKNOWN, DOCUMENTED, NOT_LOOKED_FOR, ""),
        client=Part(UNKNOWN, DOCUMENTED, NOT_LOOKED_FOR, "", entry),
        system_ini=None,
        mspclnt=_stanza(entry, profile) if entry is not None and profile is not None else None,
        wspcfg=None,
        wspcfg_entry=None,
        details=details,
        unreadable=tuple(look.gaps),
        not_read=tuple(look.gaps),
        client_facts=client_facts(details, entry.windows) if details is not None and entry is not None else (),
    )


def _system_ini(look: Look, places: Places) -> _SystemIni:
    """Find the one System.ini and read it; without one, say what stands against it."""
    root = places.system_root or look.files.system_root()
    if root:
        candidates = [root.rstrip("\\/") + "\\System.ini"]
    else:
        candidates = [f"{drive}:\\{folder}\\System.ini" for drive in look.drives() for folder in SYSTEM_FOLDERS]
    found = look.existing(candidates, "System.ini")
    if len(found) == 1 and not look.gaps:
        folder = candidates[0] if root else found[0].windows
        return _SystemIni(found[0], look.profile(found[0]), folder.rpartition("\\")[0])
    if len(found) > 1:
        reason = f"there are several, {listed(found)}: set 'system_root' to the system folder in use"
    elif found:
        reason = f"{listed(found)} was found, but not all places could be looked at ({look.reason})"
        reason += ": set 'system_root' to the system folder in use"
    elif look.gaps:
        return _SystemIni()
    else:
        looked_for = ", ".join(candidates) or "no drive"
        reason = f"it is not there; looked for {looked_for}: give its folder as 'system_root'"
    look.gap("System.ini", reason)
    return _SystemIni()


def _about_client(
    look: Look,
    client: Part,
    profile: Profile | None,
    system_ini: _SystemIni,
    places: Places,
    depth: tuple[bool, bool],
) -> _AboutClient:
    """Look at what lies in the client's folder, and at signs of its generation."""
    thorough, listing = depth
    folder = _folder(client.entry) if client.entry is not None else _pointed_folder(system_ini)
    if folder is None:
        return _AboutClient()
    tables, saved_as_text = find_texts(look, folder) if listing else ((), ())
    peers = find_peers(look, folder, tables, places.remote_mtas)
    if client.entry is None or profile is None:
        return _AboutClient(saved_as_text=saved_as_text, peers=peers)
    details = read_details(look, profile, system_ini.root, thorough)
    facts = (*client_facts(details, client.entry.windows), *find_switch(look, details))
    if tables:
        facts += (Fact("address_tables", tables, folder),)
    return _AboutClient(details, facts, saved_as_text, peers)


def _pointed_folder(system_ini: _SystemIni) -> str | None:
    return pointed_folder(system_ini.profile) if system_ini.profile is not None else None


def _folder(entry: Entry) -> str:
    return entry.windows.rpartition("\\")[0]


def _wspcfg(look: Look, mta: Part) -> Entry | None:
    """Find a Wspcfg.ini in the folder of EMSMTA.EXE, where the client looks first (CAT8, KB Q181420)."""
    if mta.entry is None:
        return None
    path = f"{_folder(mta.entry)}\\Wspcfg.ini"
    return look.attempt("Wspcfg.ini", lambda: look.files.find(path))


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


__all__ = ("OpenRegistry", "gather", "gather_master")
