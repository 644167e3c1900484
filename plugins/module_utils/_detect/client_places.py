# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client where System.ini has no pointer: default places, folders that are named, and signs without a file.

PRIVATE to the collection: no part of this file is a public interface.

"Absent" means: nothing of what was read says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Sequence

from .._profile.document import READINGS, Profile, Section, read_section
from .._server.protocols import Entry
from .._windows.version_resource import version_resource
from .evidence import ABSENT, DOCUMENTED, INFERRED, INSTALLED, UNKNOWN, Part
from .look import Candidates, Look
from .places import AS_ASSUMED, CATALOG, CATALOG_ENTRIES, PROVIDER_DLL, WINDOWS, AnsiText, Places
from .wording import listed

if TYPE_CHECKING:
    from .evidence import Certainty

CLIENT_FILE = "Mspclnt.ini"
# KB Q231878: the client's section of System.ini, and the folder that setup writes there beside the pointer.
SECTION, LOCATION_KEY = b"Microsoft Proxy Service", b"Configuration Location"
LOCATION = "the Configuration Location in System.ini"
# The default folder of Proxy 1.0 and 2.0 (KB Q231878), and that of ISA Server 2000 below Program Files (KB Q268326).
DEFAULT_FOLDER, FIREWALL_CLIENT = "Mspclnt", "Microsoft Firewall Client"
# CAT10: client 1.0 puts its DLL in the place of this one, under this description.
WINSOCK_DLL, DLL_1_0 = "System32\\wsock32.dll", "Microsoft Remote Windows Socket"
NOT_THERE = f"{CLIENT_FILE} was not found"


class _Sign(NamedTuple):
    """Something that shows the client, though not its file. brief: the same in a few words, without a path."""

    text: str
    brief: str
    source: str
    certainty: Certainty


def find_without_pointer(look: Look, places: Places, system_ini: Profile, root: str | None) -> Part:
    """Find the client's file at the other places where it may be; without one, tell whether the client is absent.

    system_ini: it has no pointer. root: the system folder.
    """
    catalog, program_files = places.catalog(), places.program_files()
    stretch = look.stretch()
    folder = look.attempt(f"HKLM\\{CATALOG}", places.provider_folder)
    beside = look.existing(_files_in([folder] if folder else []), CLIENT_FILE)
    if beside.only is not None:
        # Where there are several files, this choice is the registry's.
        reason = f"System.ini has no pointer, but {beside.only.windows} lies beside the DLL that {catalog.origin} names"
        return Part(INSTALLED, INFERRED, reason, "Q257547", beside.only)
    sections = _sections(system_ini)
    locations = _locations(look, places, sections)
    named = look.existing(_files_in([each.text for each in locations]), CLIENT_FILE)
    usual = [*_defaults(look), *(f"{each}\\{FIREWALL_CLIENT}" for each in program_files)]
    found = _united(named, look.existing(_files_in(usual, named.looked_for), CLIENT_FILE), stretch.reason)
    if found.only is not None:
        return _installed(found.only, named=found.only in named.entries)
    if found.entries or not found.complete:
        return _undecided(look, found)
    return _without_file(look, places, root, _section_sign(sections, locations))


def _files_in(folders: Sequence[str], known: Sequence[str] = ()) -> list[str]:
    """Give the path of the client's file in each of the folders, each once and none that is known, blind to case."""
    paths = {path.lower(): "" for path in known}
    for folder in folders:
        path = folder.replace("/", "\\").rstrip("\\") + f"\\{CLIENT_FILE}"
        paths.setdefault(path.lower(), path)
    return [path for path in paths.values() if path]


def _united(first: Candidates, second: Candidates, reason: str | None) -> Candidates:
    entries = {entry.local: entry for entry in (*first.entries, *second.entries)}
    return Candidates(tuple(entries.values()), (*first.looked_for, *second.looked_for), reason)


def _sections(system_ini: Profile) -> list[Section]:
    """Give the client's section as each reader of System.ini sees it, where it sees one."""
    sections = [read_section(system_ini, SECTION, reading) for reading in READINGS]
    return [section for section in sections if section is not None]


def _locations(look: Look, places: Places, sections: Sequence[Section]) -> list[AnsiText]:
    """Give the folders that setup wrote down."""
    values = dict.fromkeys(section.value(LOCATION_KEY) for section in sections)
    paths = [look.attempt(LOCATION, lambda value=value: places.path(value)) for value in values if value]  # type: ignore[misc]
    return [path for path in paths if path is not None]


def _defaults(look: Look) -> list[str]:
    return [f"{drive}:\\{DEFAULT_FOLDER}" for drive in look.drives()]


def _installed(entry: Entry, named: bool) -> Part:
    if named:
        reason = f"System.ini has no pointer, but its Configuration Location is the folder of {entry.windows}"
        return Part(INSTALLED, INFERRED, reason, "Q231878", entry)
    reason = f"System.ini has no pointer, but {entry.windows} lies at a default place"
    source = "Q268326" if FIREWALL_CLIENT.lower() in entry.windows.lower() else "Q231878"
    return Part(INSTALLED, INFERRED, reason, source, entry)


def _undecided(look: Look, found: Candidates) -> Part:
    """Say why what was found does not tell which file it is, or whether there is one."""
    if len(found.entries) > 1:
        reason = f"System.ini has no pointer, and {listed(found.entries)} lie at places of its file"
        look.gap(CLIENT_FILE, reason)
    else:
        other = f"{listed(found.entries)} was found, but another" if found.entries else "a"
        reason = f"{other} place of its file could not be looked at ({found.reason})"
    return Part(UNKNOWN, INFERRED, reason, "Q231878", brief=found.brief(CLIENT_FILE))


def _without_file(look: Look, places: Places, root: str | None, section: _Sign | None) -> Part:
    """Tell whether something shows the client without its file, or nothing of what was read."""
    signs = [sign for sign in (section, _provider_sign(places)) if sign is not None]
    stretch = look.stretch()
    # Each request counts: where there is a sign already, another one changes nothing.
    dll = find_dll_1_0(look, root) if root and not signs else None
    if dll is not None:
        signs.append(_Sign(f"{dll} is the DLL of client 1.0", "the DLL of client 1.0 is there", "CAT10", DOCUMENTED))
    if signs:
        return _only_signs(look, signs)
    if not stretch.complete:
        reason = f"{WINSOCK_DLL}, which client 1.0 replaces, could not be looked at ({stretch.reason})"
        return Part(UNKNOWN, INFERRED, reason, "CAT10", brief="wsock32.dll could not be looked at")
    return _absent(look, places)


def _section_sign(sections: Sequence[Section], named: Sequence[AnsiText]) -> _Sign | None:
    if not sections:
        return None
    text = f"System.ini has the client's section [{SECTION.decode()}] without a pointer to its file"
    brief = "System.ini has the client's section without a pointer"
    if named:
        text += f", and {' and '.join(each.text for each in named)}, its Configuration Location, does not hold it"
    if any(each.assumed for each in named):
        text, brief = f"{text}, {AS_ASSUMED}", f"{brief}, {AS_ASSUMED}"
    return _Sign(text, brief, "Q231878", DOCUMENTED)


def _provider_sign(places: Places) -> _Sign | None:
    catalog = places.catalog()
    if catalog.provider is None:
        return None
    text = f"{catalog.origin} names the client's DLL, {PROVIDER_DLL}"
    return _Sign(text, f"the Winsock catalog names {PROVIDER_DLL}", "Q257547", INFERRED)


def _only_signs(look: Look, signs: Sequence[_Sign]) -> Part:
    reason = f"{'; '.join(sign.text for sign in signs)}, but {NOT_THERE}"
    look.gap(CLIENT_FILE, reason)
    certainty = INFERRED if INFERRED in [sign.certainty for sign in signs] else DOCUMENTED
    return Part(UNKNOWN, certainty, reason, signs[0].source, brief=f"{signs[0].brief}, and {NOT_THERE}")


def _absent(look: Look, places: Places) -> Part:
    """Say that the client is absent, and how sure that is by what was read."""
    catalog = places.catalog()
    reason = (
        "System.ini has no pointer to its file and no section of it, there is none at the default places, and "
        "wsock32.dll does not show client 1.0"
    )
    # Where the registry answers, and not for its catalog, a sign may have been missed.
    answers = look.registry is not None and look.has_key(WINDOWS) is not None
    if answers and catalog.failed:
        reason += "; but the Winsock catalog, which may show its DLL, could not be read"
        return Part(UNKNOWN, INFERRED, reason, "Q257547", brief="the Winsock catalog could not be read")
    if answers and catalog.read:
        reason += f"; no {PROVIDER_DLL} is among the first {CATALOG_ENTRIES} Winsock providers"
        return Part(ABSENT, DOCUMENTED, reason, "Q231878")
    reason += "; the registry, which may show its DLL, was not read, or not closed cleanly"
    return Part(ABSENT, INFERRED, reason, "Q231878")


def find_dll_1_0(look: Look, root: str) -> str | None:
    """Give the path of wsock32.dll below the system folder where it is that of client 1.0."""
    path = f"{root}\\{WINSOCK_DLL}"
    entry = look.attempt("wsock32.dll", lambda: look.files.find(path))
    if entry is None or entry.folder:
        return None
    file = entry
    resource = look.attempt(f"description of {file.windows}", lambda: look.files.consult(file, version_resource))
    return file.windows if DLL_1_0.encode("utf-16-le") in (resource or b"") else None


__all__ = ("CLIENT_FILE", "FIREWALL_CLIENT", "SECTION", "find_dll_1_0", "find_without_pointer")
