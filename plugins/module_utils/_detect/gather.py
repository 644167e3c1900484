# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence about the Exchange MTA and the WinSock Proxy Client, from the protocols only.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Optional

from .._server.protocols import Files, Registry
from .client import (
    Texts,
    client_facts,
    find_client,
    find_newer_client,
    find_peers,
    find_switch,
    find_texts,
    pointed_folder,
    read_details,
)
from .client_file import (
    ClientFile,
    find_wspcfg,
    folder_of,
    read_client_file,
)
from .evidence import (
    ABSENT,
    DOCUMENTED,
    UNKNOWN,
    Evidence,
    Part,
)
from .look import Hints, Look
from .mta import find_mta
from .places import Places
from .system import find_system
from .system_ini import SystemIni, find_system_ini

if TYPE_CHECKING:
    from .events import OpenLog

NOT_LOOKED_FOR = "not looked for beside the master copy of a proxy server"
NO_MASTER = "there is no master copy of Mspclnt.ini at its path"
# Opens the registry of a server whose system folder is at this Windows path, or not known.
OpenRegistry = Callable[[Optional[str]], Registry]


def gather(
    files: Files, hints: Hints, open_registry: OpenRegistry | None = None, open_log: OpenLog | None = None
) -> Evidence:
    """Look at a server and give the evidence.

    Args:
        files: the server's files.
        hints: what the user knows.
        open_registry: gives the server's registry; None where that is not to be read.
        open_log: gives the server's application log; None where that is not to be read.

    Raises:
        ConnectionLost: the server could not be looked at to the end.
    """
    look = Look(files, hints, thorough=open_registry is not None)
    system_ini = find_system_ini(look)
    look.registry = open_registry(system_ini.root) if open_registry is not None else None
    places = Places(look)
    client = find_client(look, places, system_ini)
    mta = find_mta(look)
    deciding = look.stretch()
    mspclnt = read_client_file(look, client.entry)
    wspcfg = read_client_file(look, find_wspcfg(look, mta.part))
    evidence = Evidence(
        mta=mta.part,
        client=client,
        system_ini=system_ini.entry,
        mspclnt=mspclnt.stanza,
        wspcfg=wspcfg.stanza,
        wspcfg_entry=wspcfg.entry,
        deciding_not_read=deciding.gaps,
        product=mta.product,
        disabled_service=mta.disabled,
        no_x400=mta.no_x400,
        mta_facts=mta.facts,
    )
    evidence = _with_client(look, places, evidence, system_ini, mspclnt)
    evidence = _with_system(look, places, evidence)
    if open_log is not None and mta.part.state != ABSENT:
        # Last, so that a connection that breaks meanwhile costs nothing else; and loaded only where it is asked for.
        from .events import with_events

        evidence = with_events(look, evidence, system_ini.root, open_log)
    return evidence._replace(not_read=look.gaps)


def _with_client(
    look: Look, places: Places, evidence: Evidence, system_ini: SystemIni, mspclnt: ClientFile
) -> Evidence:
    """Add what lies in the client's folder, and signs of its generation."""
    folder = folder_of(mspclnt.entry) if mspclnt.entry is not None else pointed_folder(places, system_ini.profile)
    if folder is None:
        return evidence
    asked = look.thorough or bool(look.hints.remote_mtas)
    needed = asked or mspclnt.stanza is None or not mspclnt.stanza.protects
    texts = find_texts(look, folder) if needed else Texts()
    peers = find_peers(look, folder, texts.tables)
    evidence = evidence._replace(saved_as_text=texts.saved_as_text, peers=peers)
    if mspclnt.entry is None or mspclnt.profile is None:
        return evidence
    details = read_details(look, mspclnt.profile, system_ini.root)
    facts = (*client_facts(details, mspclnt.entry.windows), *find_switch(places, details), *texts.facts(folder))
    return evidence._replace(client_details=details, client_facts=facts)


def _with_system(look: Look, places: Places, evidence: Evidence) -> Evidence:
    """Add what is known of Windows, of another client, and of files beside the MTA."""
    system, facts = find_system(look)
    newer = find_newer_client(look, places) if look.thorough or evidence.client.state == ABSENT else None
    program = evidence.mta.entry
    beside = find_texts(look, folder_of(program)) if look.thorough and program is not None else Texts()
    return evidence._replace(
        system=system,
        system_facts=facts,
        newer_client=newer,
        saved_as_text=evidence.saved_as_text + beside.saved_as_text,
    )


def gather_master(files: Files, path: str) -> Evidence:
    """Look at a proxy server's master copy of Mspclnt.ini, and at nothing else there.

    Args:
        files: the proxy server's files.
        path: Windows path of the master copy (CAT8: C:\\Msp\\Clients\\Mspclnt.ini).

    Raises:
        ConnectionLost: the file could not be read to the end.
    """
    look = Look(files, Hints())
    entry = look.attempt(path, lambda: files.find(path))
    missing = entry is None and not look.gaps
    if missing:
        look.gap(path, f"there is no {path}, and none is made here")
    master = read_client_file(look, entry)
    evidence = Evidence(
        mta=Part(UNKNOWN, DOCUMENTED, NOT_LOOKED_FOR, ""),
        client=Part(UNKNOWN, DOCUMENTED, NOT_LOOKED_FOR, "", entry, NO_MASTER if missing else ""),
        mspclnt=master.stanza,
        deciding_not_read=look.gaps,
        not_read=look.gaps,
    )
    if entry is None or master.profile is None:
        return evidence
    details = read_details(look, master.profile, None)
    return evidence._replace(client_details=details, client_facts=client_facts(details, entry.windows))


__all__ = ("OpenRegistry", "gather", "gather_master")
