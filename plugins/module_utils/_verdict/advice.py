# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person should do, and what else is worth knowing. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .._detect.evidence import (
    DOCUMENTED,
    INFERRED,
    ClientDetails,
    Evidence,
    FoundStanza,
)
from .._server.text import few

if TYPE_CHECKING:
    from .._detect.evidence import Certainty


class Advice(NamedTuple):
    """What a person should do."""

    code: str
    message: str
    source: str
    certainty: Certainty = DOCUMENTED


class Remark(NamedTuple):
    """What else is worth knowing; a result has it among its notes."""

    code: str
    message: str
    source: str
    certainty: Certainty = DOCUMENTED


LOOK = Advice(
    "look",
    "Give what is missing (system_root, exchange_bin, access to the server, or more of its drives), or look by hand.",
    "",
)
LOOK_AT_MASTER = Advice(
    "look", "Give the path of the master copy, the drive on which it lies, or access to it, or look by hand.", ""
)
CLIENT_1_0 = Advice(
    "client_1_0",
    "Remove or switch off the client, or upgrade it: Proxy Server 1.0's documentation says not to install its client "
    "beside Exchange Server.",
    "CAT8",
)
MASTER_OF_1_0 = Advice(
    "client_1_0",
    "On the Exchange computers that fetch this copy, remove or switch off the client, or upgrade it: clients 1.0 know "
    "no sections for single programs, and Proxy Server 1.0's documentation says not to install one beside Exchange "
    "Server.",
    "CAT8",
)
BY_NET_STOP = (
    "Restart the MTA after an edit: 'net stop msexchangemta', 'net start msexchangemta'; the stop takes MSExchangeIMC "
    "and MSExchangeDX with it (KB Q143380), so start those that ran again."
)
RESTART = Advice("restart_mta", BY_NET_STOP, "Q244035")
RESTART_UNLESS_CLUSTER = Advice(
    "restart_mta",
    f"{BY_NET_STOP} On a cluster, which could not be looked for, use Cluster Administrator instead (KB Q177764).",
    "Q244035",
)
RESTART_ON_CLUSTER = Advice(
    "restart_mta",
    "Restart the MTA after an edit in Cluster Administrator: take its resource offline, and bring it online again; do "
    "not use 'net stop' on a cluster.",
    "Q177764",
    INFERRED,
)
REMOTE_EVENTS = Advice(
    "remote_events",
    "Look for the events 9301 and 9202 on the remote MTAs, not here: the server that refuses logs them. It is this "
    "fault where the address in 9301, in hexadecimal digits, is that of the proxy server; some MTAs of builds 2354 to "
    "2620 do not log 9301 (KB Q234962).",
    "Q254909",
    INFERRED,
)
FETCH_AGAIN = Advice(
    "fetch_again",
    "Clients take this copy at their next update or restart: have each Exchange computer fetch it ('Update Now' of WSP "
    "Client in its Control Panel), see there that it was fetched, and restart the MTA.",
    "Q193928",
)
ISA_MANAGEMENT = "Add EMSMTA with Disable=1 to the application settings of the Firewall Client in ISA Management."
SMALL_BUSINESS_SERVER = Remark(
    "small_business_server",
    "This is Small Business Server; the setup of its versions 4.0 and 4.0a puts the client beside Exchange and "
    "switches it on. Never use 'net stop' on the service MSPOP3Connector (KB Q160572).",
    "Q189008",
)
RPC_PASSES_BY = Remark(
    "rpc_passes_winsock_by",
    "On this Windows NT 4.0, RPC over TCP/IP passes Winsock by, so that the Site and Dynamic RAS connectors, which use "
    "RPC, may not be hit, though KB Q254909 lists them.",
    "Q186357",
    INFERRED,
)
NO_X400 = Remark(
    "no_x400_component",
    "Exchange's setup has not installed its X.400 connector here, so of the connectors in KB Q254909 only Site and "
    "Dynamic RAS can be in use.",
    "Q149205",
    INFERRED,
)


def advice_for(evidence: Evidence, mspclnt: FoundStanza, details: ClientDetails, exposed: bool) -> list[Advice]:
    """Give what a person should do with a server that has both parts."""
    restarts = {True: RESTART_ON_CLUSTER, False: RESTART, None: RESTART_UNLESS_CLUSTER}
    advice = [restarts[evidence.system.cluster]]
    if details.says_do_not_edit:
        remark = f"{mspclnt.entry.windows} says that it should not be edited: ISA Server overwrites it."
        advice.append(Advice("isa_management", f"{remark} {ISA_MANAGEMENT}", "Q323457"))
    if exposed:
        advice.append(REMOTE_EVENTS)
    outside = evidence.peers.outside if evidence.peers is not None else ()
    if outside:
        message = (
            f"The local address table has not {few(outside)}: see that these are reached without the proxy, before "
            "and after the edit. To put them into Locallat.txt is another cure."
        )
        advice.append(Advice("peers_outside", message, "Q253253", INFERRED))
    return advice


def advice_for_master(master: FoundStanza, details: ClientDetails) -> list[Advice]:
    """Give what a person should do with a proxy server's master copy."""
    if not details.says_do_not_edit:
        return [FETCH_AGAIN]
    return [] if master.protects else [Advice("isa_management", ISA_MANAGEMENT, "Q323457")]


def general_advice(evidence: Evidence) -> list[Advice]:
    """Give advice that holds whatever the status is."""
    advice = []
    if evidence.newer_client is not None:
        message = (
            f"{evidence.newer_client} is the client of ISA Server 2004, another product without Mspclnt.ini, which is "
            "left alone: see to its application settings on the ISA server."
        )
        advice.append(Advice("isa_2004_client", message, "CC302546", INFERRED))
    if evidence.saved_as_text:
        message = (
            f"{few(evidence.saved_as_text, ' and ')} is not read by the client: someone may have meant it for the file "
            "without .txt, which an editor added."
        )
        advice.append(Advice("saved_as_text", message, "Q181420"))
    return advice


def notes_on(evidence: Evidence, judged: bool) -> list[Remark]:
    """Give what else is worth knowing; judged: the server has both parts."""
    system = evidence.system
    notes = [SMALL_BUSINESS_SERVER] if system.small_business else []
    if judged and system.version == "4.0" and system.rpc_bypasses:
        notes.append(RPC_PASSES_BY)
    if judged and evidence.no_x400:
        notes.append(NO_X400)
    return notes


__all__ = (
    "CLIENT_1_0",
    "LOOK",
    "LOOK_AT_MASTER",
    "MASTER_OF_1_0",
    "Advice",
    "Remark",
    "advice_for",
    "advice_for_master",
    "general_advice",
    "notes_on",
)
