# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person should do, and what else is worth knowing. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Sequence

from .._detect.evidence import (
    DOCUMENTED,
    INFERRED,
    ClientDetails,
    Evidence,
    FoundStanza,
    System,
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


# KB Q181420 warns of this one.
PRINTED_MISTAKE = "wspcfg.ini.txt"
# KB Q165324: the DLLs of Windows NT 4.0 itself. KB Q186357: to have RPC use Winsock, the second is replaced, which
# needs this service pack and a Winsock 2 provider; that the first is to be replaced likewise is inferred.
OWN_CLIENT_DLL, OWN_SERVER_DLL, SWITCH_NEEDS = "rpcltccm.dll", "rpcltscm.dll", 4
LOOK = Advice(
    "look",
    "Give what is missing (system_root, exchange_bin, access to the server, or more of its drives), or look by hand.",
    "",
    INFERRED,
)
LOOK_AT_MASTER = Advice(
    "look",
    "Give the path of the master copy, the drive on which it lies, or access to it, or look by hand.",
    "",
    INFERRED,
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
# KB Q244035 prints the commands, for Exchange 5.0 and 5.5; that an edit needs them is inferred.
BY_NET_STOP = "Restart the MTA after an edit: 'net stop msexchangemta', 'net start msexchangemta' (KB Q244035)."
LISTED_DEPENDENTS = "by KB Q143380 MSExchangeIMC and MSExchangeDX, where they are, and perhaps others"
UNLESS_CLUSTER = " On a cluster, which could not be looked for, use Cluster Administrator instead (KB Q175568)."
RESTART_ON_CLUSTER = Advice(
    "restart_mta",
    "Restart the MTA after an edit in Cluster Administrator: take its resource offline, and bring it online again; do "
    "not use 'net stop' on a cluster.",
    "Q175568",
    INFERRED,
)
ASK_THE_PARTNERS = (
    "Before the edit, ask which address the connectors of the partners name for {}. Where it is the proxy's on purpose "
    "(KB Q263046), leave {} out of the play, by --limit or by a group that the play does not name."
)
LEAVE_OUT = Advice("leave_out", ASK_THE_PARTNERS.format("this server", "it"), "Q263046", INFERRED)
LEAVE_MASTER_OUT = Advice(
    "leave_out",
    ASK_THE_PARTNERS.format("the Exchange computers that fetch this copy", "this copy"),
    "Q263046",
    INFERRED,
)
REMOTE_EVENTS = Advice(
    "remote_events",
    "Look for the events 9301 and 9202 on the remote MTAs, not here: the one that refuses a call by X.400 over TCP/IP "
    "logs them (KB Q254909). 9301 has the caller's address in hexadecimal digits, a second one perhaps its name (KB "
    "Q193380, Q169113). If it is the proxy's address on the side of the remote MTA, mostly not the one in Mspclnt.ini, "
    "something behind the proxy called; more it does not show. Site and Dynamic RAS connectors would show 9318, 9322 "
    "(KB Q279537, Q303156). That an MTA of 5.5 SP2 or of another build from 2354 to 2620 logs no 9301 proves nothing "
    "(KB Q234962).",
    "Q254909",
    INFERRED,
)
FETCH_AGAIN = Advice(
    "fetch_again",
    "Clients are taken to fetch this copy at their next restart or update: have each Exchange computer fetch it "
    "('Update Now' of WSP Client in its Control Panel), see there that it was fetched, and restart the MTA.",
    "Q193928",
    INFERRED,
)
# The program's documentation prints the header of a file of ISA Server; the step itself is inferred.
ISA_MANAGEMENT = "Add EMSMTA with Disable=1 to the application settings of the Firewall Client in ISA Management."
SMALL_BUSINESS_SERVER = Remark(
    "small_business_server",
    "This is Small Business Server; the setup of its versions 4.0 and 4.0a puts the client beside Exchange and "
    "switches it on. Never use 'net stop' on the service MSPOP3Connector (KB Q160572).",
    "Q189008",
)
NO_X400 = Remark(
    "no_x400_component",
    "Exchange's setup did not install its X.400 Connector here. It is enabled all the same where an Enterprise server "
    "is in the site (KB Q174756).",
    "Q149205",
    INFERRED,
)


def advice_for(evidence: Evidence, mspclnt: FoundStanza, details: ClientDetails, exposed: bool) -> list[Advice]:
    """Give what a person should do with a server that has both parts."""
    advice = [_restart(evidence)]
    if details.says_do_not_edit:
        remark = f"{mspclnt.entry.windows} says that it should not be edited: ISA Server overwrites it (KB Q323457)."
        advice.append(Advice("isa_management", f"{remark} {ISA_MANAGEMENT}", "PQ", INFERRED))
    if exposed:
        advice += [LEAVE_OUT, REMOTE_EVENTS]
    return advice + _outside(evidence.peers.outside if evidence.peers is not None else ())


def _restart(evidence: Evidence) -> Advice:
    """Say how to restart the MTA; a stop takes with it what depends on the MTA, and a start does not bring it back."""
    if evidence.system.cluster:
        return RESTART_ON_CLUSTER
    here = evidence.dependents
    with_it = f"{' and '.join(here)}, as the registry says, and perhaps others" if here else LISTED_DEPENDENTS
    message = (
        f"{BY_NET_STOP} The stop takes with it what depends on the MTA, {with_it}: note which of them are running, and "
        f"start again those that were.{UNLESS_CLUSTER if evidence.system.cluster is None else ''}"
    )
    return Advice("restart_mta", message, "Q244035", INFERRED)


def _outside(peers: Sequence[str]) -> list[Advice]:
    """Say what to do about peers that the client takes for remote: two other cures, each by its own source."""
    if not peers:
        return []
    message = (
        f"The local address table has not {few(peers)}: see that these are reached without the proxy, before and after "
        "the edit. To add them to the table of the proxy server is another cure."
    )
    lines = few([f"{peer} {peer}" for peer in peers])
    alone = (
        "Another cure on this computer alone: a file Locallat.txt beside Msplat.txt, which no update replaces, with a "
        f"line for each of these MTAs, its address twice: {lines}."
    )
    return [
        Advice("peers_outside", message, "Q253253", INFERRED),
        Advice("local_address_table", alone, "CAT8", INFERRED),
    ]


def advice_for_master(master: FoundStanza, details: ClientDetails) -> list[Advice]:
    """Give what a person should do with a proxy server's master copy."""
    if not details.says_do_not_edit:
        return [FETCH_AGAIN] if master.protects else [LEAVE_MASTER_OUT, FETCH_AGAIN]
    return [] if master.protects else [Advice("isa_management", ISA_MANAGEMENT, "PQ", INFERRED)]


def general_advice(evidence: Evidence) -> list[Advice]:
    """Give advice that holds whatever the status is."""
    advice = []
    if evidence.newer_client is not None:
        message = (
            f"{evidence.newer_client} is the client of ISA Server 2004, another product without Mspclnt.ini, which is "
            "left alone: see to its application settings on the ISA server."
        )
        advice.append(Advice("isa_2004_client", message, "cc302546", INFERRED))
    if evidence.saved_as_text:
        message = (
            f"{few(evidence.saved_as_text, ' and ')} is not read by the client: someone may have meant it for the file "
            "without .txt, which an editor added (KB Q181420, of Wspcfg.ini)."
        )
        # The article warns of Wspcfg.ini.txt; that the same happens to Mspclnt.ini is inferred.
        other = any(not path.lower().endswith(PRINTED_MISTAKE) for path in evidence.saved_as_text)
        advice.append(Advice("saved_as_text", message, "Q181420", INFERRED if other else DOCUMENTED))
    return advice


def notes_on(evidence: Evidence, judged: bool) -> list[Remark]:
    """Give what else is worth knowing; judged: the server has both parts."""
    system = evidence.system
    notes = [SMALL_BUSINESS_SERVER] if system.small_business else []
    if judged:
        notes += _note_on_rpc(system)
    if judged and evidence.no_x400:
        notes.append(NO_X400)
    return notes


def _note_on_rpc(system: System) -> list[Remark]:
    """Tell of Windows NT 4.0 that its RPC passes Winsock by on the side that calls, which an MTA that sends is."""
    calls_by, pack = system.rpc_client, _number(system.service_pack)
    if calls_by is None:
        return []
    connectors = "the Site and Dynamic RAS connectors, which use RPC, may not be hit when this MTA calls"
    if calls_by.lower() == OWN_CLIENT_DLL:
        how = f"by {calls_by}, the DLL of Windows NT 4.0 itself (KB Q165324), which is taken to pass Winsock by"
    elif pack is not None and pack < SWITCH_NEEDS:
        how = f"by {calls_by}; Winsock is used only from Service Pack {SWITCH_NEEDS} on, and this is {pack}"
    else:
        return []
    called = system.rpc_server
    if called is not None and called.lower() != OWN_SERVER_DLL:
        how += f" (only where this server is called was it switched, to {called})"
    message = f"Calls by RPC over TCP/IP go from here {how} (KB Q186357): {connectors}, though KB Q254909 lists them."
    return [Remark("rpc_passes_winsock_by", message, "Q186357", INFERRED)]


def _number(pack: str | None) -> int | None:
    digits = "".join(filter(str.isdigit, pack or ""))
    return int(digits) if digits.isascii() and digits else None


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
