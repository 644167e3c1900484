# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a server, and one look at it: where to look, and what could not be read.

PRIVATE to the collection: no part of this file is a public interface.

What could not be read never counts as absent. Each part is installed, absent or unknown,
and an unknown one has a reason.
"""

from __future__ import annotations

from typing import Callable, NamedTuple, Sequence, TypeVar, Union

from .._errors import UserError
from .._profile.document import (
    Profile,
    parse,
    refuse_non_8bit,
    shown,
)
from .._server.errors import RegistryClosed
from .._server.protocols import Entry, Files, Registry, Value

INSTALLED, ABSENT, UNKNOWN = "installed", "absent", "unknown"
DOCUMENTED, INFERRED = "documented", "inferred"
# A message quotes no more of a file than this; the longest path of that time has 260 characters.
QUOTED = 260
# Nor does it give more names than this; the evidence has them all.
NAMED = 10

T = TypeVar("T")
Answer = Union[str, int, bool, Sequence[str], None]


class Part(NamedTuple):
    """One part of the server: its state, how sure that is, why, and the article that says so."""

    state: str
    certainty: str
    reason: str
    source: str
    entry: Entry | None = None


class Fact(NamedTuple):
    """One item of evidence: its name, what was found, and in which file or registry value."""

    name: str
    value: Answer
    origin: str


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
    """What Mspclnt.ini says of the client itself, and the DLL of client 1.0 where that was found.

    master_section: the section that names the master copy.
    """

    build: bytes | None
    master: bytes | None
    master_section: str
    refresh_hours: bytes | None
    servers: tuple[bytes, ...]
    has_wsp_client_section: bool
    has_master_config: bool
    says_do_not_edit: bool
    dll_1_0: str | None = None

    @property
    def is_2_0(self) -> bool:
        """Tell whether the file is one of client 2.0, by its Build (KB Q231878)."""
        return (self.build or b"").startswith(b"2.")


class Gap(NamedTuple):
    """Something that could not be read, and why."""

    what: str
    reason: str


class Product(NamedTuple):
    """An Exchange Server by the version of its EMSMTA.EXE.

    in_article: KB Q254909 is about it. certainty: of that. named_by: how its name is known.
    """

    name: str
    in_article: bool
    certainty: str
    named_by: str


class Peers(NamedTuple):
    """The remote MTAs that were given, and those of them that no address table has."""

    given: tuple[str, ...]
    outside: tuple[str, ...]


class System(NamedTuple):
    """What is known of Windows itself; None is not known.

    rpc_bypasses: RPC over TCP/IP does not use Winsock. redirected: the registry key that
    would redirect one of the client's files. mappings_known: whether there is one was told.
    """

    version: str | None = None
    root: str | None = None
    cluster: bool | None = None
    small_business: bool | None = None
    rpc_bypasses: bool | None = None
    redirected: str | None = None
    mappings_known: bool = False


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
    system: System = System()
    product: Product | None = None
    disabled_service: bool = False
    no_x400: bool = False
    saved_as_text: tuple[str, ...] = ()
    newer_client: str | None = None
    peers: Peers | None = None
    mta_facts: tuple[Fact, ...] = ()
    client_facts: tuple[Fact, ...] = ()
    system_facts: tuple[Fact, ...] = ()


class Places(NamedTuple):
    """What the user knows: Windows paths, whether the drives are all that the server has, and the MTA's peers."""

    system_root: str | None = None
    exchange_bin: str | None = None
    drives_complete: bool = False
    remote_mtas: tuple[str, ...] = ()


class Look:
    """One look at a server: its files, its registry where that is to be read, and what could not be read."""

    def __init__(self, files: Files, registry: Registry | None) -> None:
        self.files = files
        self.registry = registry
        self.gaps: list[Gap] = []
        self.failures = 0
        self.reason = ""

    def gap(self, what: str, reason: str) -> None:
        """Note what could not be read, once; many registry keys that fail for one reason are one gap."""
        self.failures += 1
        self.reason = reason
        found = Gap("registry" if what.startswith("HKLM\\") else what, reason)
        if found not in self.gaps:
            self.gaps.append(found)

    def attempt(self, what: str, read: Callable[[], T]) -> T | None:
        """Give what a look-up finds; note why it could not be made, and give None."""
        try:
            return read()
        except RegistryClosed as error:
            self.registry = None
            self.gap("registry", str(error))
        except UserError as error:
            self.gap(what, str(error))
        return None

    def drives(self) -> Sequence[str]:
        """Give the letters of the drives; none, which is a gap, where they could not be told."""
        return self.attempt("drives", self.files.drives) or ()

    def has_key(self, key: str) -> bool | None:
        """Tell whether a registry key exists; None where that could not be told."""
        registry = self.registry
        if registry is None:
            return None
        found = self.attempt(f"HKLM\\{key}", lambda: registry.has(key))
        return found or (None if self.doubtful(key) else found)

    def value(self, key: str, name: str) -> Value | None:
        """Give a registry value; None where there is none, or it could not be read, which is a gap then."""
        registry = self.registry
        if registry is None:
            return None
        found = self.attempt(f"HKLM\\{key}\\{name}", lambda: registry.value(key, name))
        if found is None:
            self.doubtful(key)
        return found

    def doubtful(self, key: str) -> bool:
        """Tell, and note, that something missing there proves nothing."""
        registry = self.registry
        doubt = self.attempt("registry", lambda: registry.doubt(key)) if registry is not None else None
        if doubt is not None:
            self.gap("registry", doubt)
        return doubt is not None

    def existing(self, paths: Sequence[str], what: str) -> list[Entry]:
        """Give the files that are there, each once; note where that could not be told."""
        found: dict[str, Entry] = {}
        for path in paths:
            entry = self.attempt(what, lambda path=path: self.files.find(path))  # type: ignore[misc]
            if entry is not None and not entry.folder:
                found.setdefault(entry.local, entry)
        return list(found.values())

    def profile(self, entry: Entry) -> Profile | None:
        """Read a private profile; note why it could not be read, and give None."""
        data = self.attempt(entry.windows, lambda: self.files.read(entry))
        if data is None:
            return None
        return self.attempt(entry.windows, lambda: _parsed(data))


def _parsed(data: bytes) -> Profile:
    refuse_non_8bit(data)
    return parse(data)


def named(data: bytes) -> str:
    """Give bytes of a file for a message: printable, and not without end."""
    text = shown(data[:QUOTED])
    return text if len(data) <= QUOTED else f"{text}... ({len(data)} characters)"


def few(names: Sequence[str]) -> str:
    """Give names for a message, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def listed(entries: Sequence[Entry]) -> str:
    """Give the Windows paths of files for a message."""
    return " and ".join(entry.windows for entry in entries)


__all__ = (
    "ABSENT",
    "DOCUMENTED",
    "INFERRED",
    "INSTALLED",
    "QUOTED",
    "UNKNOWN",
    "Answer",
    "Client",
    "Evidence",
    "Fact",
    "Gap",
    "Look",
    "Part",
    "Peers",
    "Places",
    "Product",
    "Stanza",
    "System",
    "few",
    "listed",
    "named",
)
