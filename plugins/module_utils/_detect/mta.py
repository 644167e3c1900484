# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Exchange MTA: its service in the registry, its program on the disk, its version.

PRIVATE to the collection: no part of this file is a public interface.

A registry that was read clean decides over files. Without one, EMSMTA.EXE at a default
place makes the MTA installed, and only a search of all drives makes it absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .._server.protocols import Entry
from .._windows.registry_values import dword, text, texts
from .._windows.version_resource import file_version
from .builds import product
from .evidence import (
    ABSENT,
    DOCUMENTED,
    INFERRED,
    INSTALLED,
    UNKNOWN,
    Answer,
    Fact,
    Part,
    Product,
)
from .look import Look
from .system import CLUSTER, SERVICES
from .wording import listed

if TYPE_CHECKING:
    from .evidence import Certainty

# KB Q143380: the default root of Exchange Server is \\Exchsrvr.
DEFAULT_EXCHANGE_BIN = "Exchsrvr\\Bin"
MTA_PROGRAM = "EMSMTA.EXE"
# KB Q143380: the service; Q244035: its name in the registry.
SERVICE_NAME = "MSExchangeMTA"
SERVICE = f"{SERVICES}\\{SERVICE_NAME}"
# KB Q143380: the services that depend on the MTA. Others may; a registry is not searched for them.
DEPENDENTS = ("MSExchangeIMC", "MSExchangeDX")
SERVICE_BUT = "the service MSExchangeMTA is there, but"
ITS_PROGRAM = "the program of the MTA's service"
DISABLED = 4
SEPARATORS = "\\/"
# KB Q149205 and Q158956.
SETUP = "SOFTWARE\\Microsoft\\Exchange\\Setup"
SETUP_PATHS = (("services", "Services"), ("x400", "X400"), ("internet", "Internet"), ("admin_dest", "AdminDest"))
SETUP_BUILDS = (("setup_build", "Build"), ("setup_newest_build", "NewestBuild"))


class Mta(NamedTuple):
    """The part itself, its product where the version is known, whether its service is disabled, and the facts.

    no_x400: Exchange's Setup was read, and has no X.400 connector.
    """

    part: Part
    product: Product | None
    disabled: bool
    facts: tuple[Fact, ...]
    no_x400: bool = False


def find_mta(look: Look) -> Mta:
    """Look for the MTA."""
    service = look.has_key(SERVICE)
    if service is False:
        facts, complete = _setup(look)
        return Mta(_absent(facts, complete), None, False, facts)
    setup, complete = _setup(look)
    facts = (_service(look) if service else ()) + setup
    known = {fact.name: fact.value for fact in facts}
    part = _by_service(look, known["image_path"]) if service else _by_files(look)
    found, told = _product(look, part.entry) if part.entry is not None else (None, ())
    no_x400 = complete and "services" in known and "x400" not in known
    return Mta(part, found, known.get("start") == DISABLED, _told((*facts, *told)), no_x400)


def _product(look: Look, program: Entry) -> tuple[Product | None, tuple[Fact, ...]]:
    """Read the version of a program, and name its product."""
    stretch = look.stretch()
    version = look.attempt(f"version of {program.windows}", lambda: look.files.consult(program, file_version))
    if version is None:
        if stretch.complete:
            look.gap(f"version of {program.windows}", "it has no version resource of a Windows program")
        return None, ()
    found, origin = product(version), f"{program.windows}, version resource"
    shown = ".".join(str(number) for number in version)
    return found, (Fact("version", shown, origin), Fact("product", found.name, f"{origin}; {found.named_by}"))


def _service(look: Look) -> tuple[Fact, ...]:
    values: list[tuple[str, str, Answer]] = [
        ("image_path", "ImagePath", text(look.value(SERVICE, "ImagePath"))),
        ("start", "Start", dword(look.value(SERVICE, "Start"))),
        ("account", "ObjectName", text(look.value(SERVICE, "ObjectName"))),
        ("depends_on", "DependOnService", texts(look.value(SERVICE, "DependOnService"))),
    ]
    facts = tuple(Fact(name, value, f"HKLM\\{SERVICE}\\{key}") for name, key, value in values)
    dependents = tuple(name for name in DEPENDENTS if _depends(look, name))
    return (*facts, Fact("dependents", dependents, f"HKLM\\{SERVICES}, DependOnService of each"))


def _depends(look: Look, service: str) -> bool:
    """Tell whether a service is there, and needs the MTA."""
    needed = texts(look.value(f"{SERVICES}\\{service}", "DependOnService"))
    return SERVICE_NAME.lower() in (name.lower() for name in needed)


def _setup(look: Look) -> tuple[tuple[Fact, ...], bool]:
    """Give what Exchange's Setup wrote down, and whether what is not there surely is not."""
    stretch = look.stretch()
    if not look.has_key(SETUP):
        return (), False
    values: list[tuple[str, str, Answer]] = [(name, key, text(look.value(SETUP, key))) for name, key in SETUP_PATHS]
    values += [(name, key, dword(look.value(SETUP, key))) for name, key in SETUP_BUILDS]
    facts = _told(tuple(Fact(name, value, f"HKLM\\{SETUP}\\{key}") for name, key, value in values))
    return facts, stretch.complete


def _told(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact.value not in (None, ()))


def _absent(facts: tuple[Fact, ...], complete: bool) -> Part:
    reason = "the registry has no service MSExchangeMTA"
    names = {fact.name for fact in facts}
    if complete and "admin_dest" in names and "services" not in names:
        reason += "; only the Exchange Administrator program seems to be installed (inferred from KB Q149205)"
    return Part(ABSENT, DOCUMENTED, reason, "Q143380")


def _by_service(look: Look, image: Answer) -> Part:
    """Look for the program of the service, which is what runs, or else for the one that the user names."""
    own = _program(image) if isinstance(image, str) else ""
    stretch = look.stretch()
    found = look.existing([own], MTA_PROGRAM).entries if _is_mta(own) else ()
    if found:
        reason = f"the service MSExchangeMTA is there, and {found[0].windows} is its program"
        return Part(INSTALLED, DOCUMENTED, reason, "Q143380", found[0])
    named = look.existing(_named_by_user(look), MTA_PROGRAM).entries
    if named:
        reason = f"the service MSExchangeMTA is there with {own or 'no program'}, and {named[0].windows} was named"
        return Part(INSTALLED, INFERRED, f"{reason} by 'exchange_bin'", "Q143380", named[0])
    if not stretch.complete:
        reason = f"{SERVICE_BUT} its program could not be looked at ({stretch.reason}){_on_cluster(look)}"
        return Part(UNKNOWN, DOCUMENTED, reason, "Q143380", brief=f"{ITS_PROGRAM} could not be looked at")
    return _without_program(look, own, image)


def _without_program(look: Look, own: str, image: Answer) -> Part:
    """Say what stands in the way where the service is there, but its program surely is not."""
    given = look.hints.exchange_bin
    hint = f"there is no {MTA_PROGRAM} in {given}, which 'exchange_bin' gives" if given else "set 'exchange_bin'"
    if not own:
        reason = f"{SERVICE_BUT} its ImagePath ({image or 'nothing'}) names no program: {hint}"
        return _unknown(look, reason, "the service of the MTA names no program")
    if not _is_mta(own):
        reason = f"{SERVICE_BUT} it runs {own}, which is not a path of {MTA_PROGRAM}: look by hand; {hint}"
        return _unknown(look, reason, f"the service of the MTA names no path of {MTA_PROGRAM}")
    reason = f"{SERVICE_BUT} its program {own} is not{_on_cluster(look)}"
    return _unknown(look, reason, f"{ITS_PROGRAM} is not there")


def _is_mta(program: str) -> bool:
    return program.lower().endswith(f"\\{MTA_PROGRAM}".lower())


def _named_by_user(look: Look) -> list[str]:
    folder = look.hints.exchange_bin
    return [f"{folder.rstrip(SEPARATORS)}\\{MTA_PROGRAM}"] if folder else []


def _on_cluster(look: Look) -> str:
    """Say where a node's program may be: that Exchange lies on the shared disk is general knowledge."""
    if not look.has_key(CLUSTER):
        return ""
    return "; this is a node of a cluster, and another node may hold the disk now: look here when this node holds it"


def _program(image: str) -> str:
    """Give the program of a service's command line: it may be quoted, and have arguments."""
    line = image.strip()
    if line.startswith('"'):
        return line[1:].partition('"')[0]
    end = line.lower().find(".exe")
    return line[: end + 4] if end >= 0 else line


def _unknown(look: Look, reason: str, brief: str, certainty: Certainty = DOCUMENTED) -> Part:
    look.gap(MTA_PROGRAM, reason)
    return Part(UNKNOWN, certainty, reason, "Q143380", brief=brief)


def _by_files(look: Look) -> Part:
    named = _named_by_user(look)
    default = [f"{DEFAULT_EXCHANGE_BIN}\\{MTA_PROGRAM}"]
    found = look.existing(named, MTA_PROGRAM) if named else look.on_drives(default, MTA_PROGRAM)
    if found.only is not None:
        reason = f"{found.only.windows} was found; the registry was not read"
        return Part(INSTALLED, INFERRED, reason, "Q143380", found.only)
    brief = found.brief(MTA_PROGRAM)
    if found.undecided is not None:
        return _unknown(look, f"{found.undecided}: set 'exchange_bin' to the folder in use", brief, INFERRED)
    if not found.complete:
        reason = f"{MTA_PROGRAM} could not be looked for ({found.reason})"
        return Part(UNKNOWN, INFERRED, reason, "Q143380", brief=brief)
    if look.hints.drives_complete:
        return _searched(look)
    folders = " or ".join(path.rpartition("\\")[0] for path in found.looked_for)
    if named:
        reason = f"{MTA_PROGRAM} is not in {folders}, which 'exchange_bin' gives: correct it, or leave it out"
        return _unknown(look, reason, brief, INFERRED)
    reason = f"{MTA_PROGRAM} is not in {folders or 'any drive'}, and other folders or drives may hold it"
    reason += ": set 'exchange_bin', or give all drives and 'drives_complete'"
    return _unknown(look, reason, f"{brief}, and other folders or drives may hold it", INFERRED)


def _searched(look: Look) -> Part:
    search = look.files.search(MTA_PROGRAM)
    if search.entries:
        found = f"{listed(search.entries[:5])} was found, but nothing says that it is in use"
        brief = f"{MTA_PROGRAM} was found, but nothing says that it is in use"
        return _unknown(look, f"{found}: set 'exchange_bin' if it is", brief, INFERRED)
    if search.gap is not None:
        brief = f"the search for {MTA_PROGRAM} was not complete"
        return _unknown(look, f"{brief} ({search.gap})", brief, INFERRED)
    return Part(ABSENT, INFERRED, f"no drive of the server holds {MTA_PROGRAM}", "Q143380")


__all__ = ("Mta", "find_mta")
