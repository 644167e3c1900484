# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a server: plain facts, which carry no judgement.

PRIVATE to the collection: no part of this file is a public interface.

What could not be read never counts as absent. Each part is installed, absent or unknown,
and an unknown one has a reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, NamedTuple, Sequence, Union

from .._server.protocols import Entry

if TYPE_CHECKING:
    # Python 3.7 has no Literal.
    from typing import Literal  # novm

    from .._events.observed import Observed
    from .._profile.document import Profile

    State = Literal["installed", "absent", "unknown"]
    Certainty = Literal["documented", "inferred"]

INSTALLED: State = "installed"
ABSENT: State = "absent"
UNKNOWN: Literal["unknown"] = "unknown"  # novm
DOCUMENTED: Certainty = "documented"
INFERRED: Certainty = "inferred"

Answer = Union[str, int, bool, Sequence[str], None]


class Part(NamedTuple):
    """One part of the server: its state, how sure that is, why, and the article that says so.

    entry: the program or file by which it was found. brief: where it is unknown, the reason in
    a few words and without a path.
    """

    state: State
    certainty: Certainty
    reason: str
    source: str
    entry: Entry | None = None
    brief: str = ""


class Fact(NamedTuple):
    """One item of evidence: its name, what was found, and in which file or registry value."""

    name: str
    value: Answer
    origin: str


class FoundStanza(NamedTuple):
    """What Windows reads as section EMSMTA of one file.

    present: the section is there. value: of Disable, None for nothing. keys: name, value
    and line of each key. doubt: what another reader would read differently. profile: the whole file.
    """

    entry: Entry
    present: bool
    value: bytes | None
    keys: tuple[tuple[bytes, bytes, int], ...]
    doubt: str | None
    profile: Profile | None = None

    @property
    def protects(self) -> bool:
        """Tell whether this stanza turns the client off for the MTA."""
        return self.value == b"1"


class ClientDetails(NamedTuple):
    """What its Mspclnt.ini says of the client itself, and the DLL of client 1.0 where that was found.

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

    @property
    def is_1_0(self) -> bool:
        """Tell whether this surely is client 1.0: by its DLL, or by a section that it alone has (CAT8).

        A file whose Build is 2.x (KB Q231878) may have kept that section from before.
        """
        return self.dll_1_0 is not None or (self.has_wsp_client_section and not self.is_2_0)


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
    certainty: Certainty
    named_by: str


class Peers(NamedTuple):
    """The remote MTAs that were given, and those of them that no address table has."""

    given: tuple[str, ...]
    outside: tuple[str, ...]


class System(NamedTuple):
    """What is known of Windows itself; None is not known.

    rpc_client, rpc_server: the DLLs by which RPC uses TCP/IP, on the side that calls and on
    the side that is called; of Windows NT 4.0 only. proxy_services: the services of Proxy
    Server that are here. redirected: the registry key that would redirect one of the client's
    files. mappings_known: whether there is one was told.
    """

    version: str | None = None
    service_pack: str | None = None
    root: str | None = None
    cluster: bool | None = None
    small_business: bool | None = None
    rpc_client: str | None = None
    rpc_server: str | None = None
    proxy_services: tuple[str, ...] = ()
    redirected: str | None = None
    mappings_known: bool = False


class Written(NamedTuple):
    """The last change of what decides, in seconds since 1970, UTC, by the server's clock.

    entry: the file that was changed last, of those whose change may have changed what Windows reads.
    in_utc: its volume surely keeps times in UTC, or that was not asked for.
    """

    entry: Entry
    time: int
    in_utc: bool = True


class Evidence(NamedTuple):
    """All that was found.

    mta, client: whether the two parts are installed. client_details: of the client, from its
    Mspclnt.ini. A stanza, or these, are None where the file is not there or not readable.
    not_read: all that could not be read. deciding_not_read: those of them that are about
    Mspclnt.ini or Wspcfg.ini, which decide what the MTA gets. saved_as_text: paths of files
    of the client that an editor saved under a name that ends in .txt (KB Q181420). events: what
    the event log tells, None where it was not asked. levels: what the MTA is set to log, by
    category. written: the last change of what decides, None where it is not known.
    """

    mta: Part
    client: Part
    system_ini: Entry | None = None
    mspclnt: FoundStanza | None = None
    wspcfg: FoundStanza | None = None
    wspcfg_entry: Entry | None = None
    client_details: ClientDetails | None = None
    deciding_not_read: tuple[Gap, ...] = ()
    not_read: tuple[Gap, ...] = ()
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
    events: Observed | None = None
    levels: Mapping[str, int] | None = None
    written: Written | None = None

    @property
    def decides(self) -> FoundStanza | None:
        """Give the stanza that decides what the MTA gets: that of Wspcfg.ini, where it has one."""
        return self.wspcfg if self.wspcfg is not None and self.wspcfg.present else self.mspclnt

    @property
    def switched_on(self) -> Answer:
        """Give what is known of the client's switch; UNKNOWN where nothing tells it."""
        return _value(self.client_facts, "switched_on") or UNKNOWN

    @property
    def dependents(self) -> tuple[str, ...]:
        """Give the services that the registry says depend on the MTA, of those that were looked at."""
        names = _value(self.mta_facts, "dependents")
        return names if isinstance(names, tuple) else ()


def _value(facts: Sequence[Fact], name: str) -> Answer:
    return next((fact.value for fact in facts if fact.name == name), None)


__all__ = (
    "ABSENT",
    "DOCUMENTED",
    "INFERRED",
    "INSTALLED",
    "UNKNOWN",
    "Answer",
    "ClientDetails",
    "Evidence",
    "Fact",
    "FoundStanza",
    "Gap",
    "Part",
    "Peers",
    "Product",
    "System",
    "Written",
)
