# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What could undo, hide or forbid the fix, and what a person should do. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._evidence import (
    DOCUMENTED,
    INFERRED,
    Client,
    Evidence,
    Stanza,
    named,
)

# A message names no more keys than this; the evidence has them all.
NAMED_KEYS = 10


class Risk(NamedTuple):
    """What could undo, hide or forbid the fix."""

    code: str
    message: str
    source: str
    certainty: str
    mitigated: bool


class Advice(NamedTuple):
    """What a person should do."""

    code: str
    message: str
    source: str


class Note(NamedTuple):
    """What else is worth knowing."""

    code: str
    message: str
    source: str


RESTART = Advice(
    "restart_mta",
    "Restart the MTA after an edit: 'net stop msexchangemta', 'net start msexchangemta'; the stop takes "
    "MSExchangeIMC and MSExchangeDX with it, so start those that ran again.",
    "Q244035",
)
CLUSTER_RESTART = Advice(
    "restart_mta",
    "Restart the MTA after an edit in Cluster Administrator: take its resource offline, and bring it online again; do "
    "not use 'net stop' on a cluster.",
    "Q177764",
)
FETCH_AGAIN = Advice(
    "fetch_again",
    "Clients take this copy at their next update or restart: have each Exchange computer fetch it ('Update Now' of WSP "
    "Client in its Control Panel), see there that it was fetched, and restart the MTA.",
    "Q193928",
)
ISA_MANAGEMENT = "add EMSMTA with Disable=1 to the application settings of the Firewall Client in ISA Management."
# The articles (KB Q181420, Q254367) print these keys in use; what they mean is general knowledge of Proxy Server.
KEY_MEANINGS = (
    ("ServerBindTcpPorts", "has the proxy listen on these ports for the MTA"),
    ("ProxyBindIp", "binds those ports to an address of the proxy"),
    ("Persistent", "keeps the proxy's end while the MTA restarts"),
    ("KillOldSession", "ends an old session for the same port"),
    ("ForceCredentials", "uses other credentials for the proxy"),
)


def risks_of(evidence: Evidence, mspclnt: Stanza, details: Client) -> list[Risk]:
    """Give what could undo, hide or forbid the fix of a server that has both parts."""
    wspcfg = evidence.wspcfg
    lasting = wspcfg is not None and wspcfg.protects
    risks = [
        Risk(
            "overwritten_on_refresh",
            _undone(mspclnt, details),
            "Q193928",
            DOCUMENTED,
            lasting,
        )
    ]
    if wspcfg is not None and not wspcfg.present:
        risks.append(
            Risk(
                "hidden_by_wspcfg",
                f"{wspcfg.entry.windows} has no section EMSMTA; if the client reads only this file for programs in "
                "this folder, the stanza in Mspclnt.ini is hidden.",
                "CAT8",
                INFERRED,
                mitigated=False,
            )
        )
    return risks + _risks_of_text(details, mspclnt, wspcfg) + _risks_of_system(evidence)


def risks_of_master(master: Stanza, details: Client) -> list[Risk]:
    """Give the risks of a proxy server's master copy."""
    risks = _risks_of_text(details, master)
    if details.says_do_not_edit:
        return risks
    message = (
        "Whether Proxy Server keeps this section when someone changes the client configuration in Internet Service "
        "Manager is not documented: run this again after such a change."
    )
    return [*risks, Risk("rewritten_by_manager", message, "Q193928", INFERRED, mitigated=False)]


def _risks_of_text(details: Client, mspclnt: Stanza, wspcfg: Stanza | None = None) -> list[Risk]:
    """Give the risks that stand in the client's own files."""
    risks = [_proxied(stanza) for stanza in (mspclnt, wspcfg) if stanza is not None and _other_keys(stanza)]
    if details.has_master_config and not details.build:
        risks.append(
            Risk(
                "proxy_client_1_0",
                f"{mspclnt.entry.windows} has [Master Config] and no Build: it may be of client 1.0, which has no "
                "sections for single programs.",
                "CAT8",
                INFERRED,
                mitigated=False,
            )
        )
    return risks


def _risks_of_system(evidence: Evidence) -> list[Risk]:
    risks = []
    if evidence.system.cluster:
        risks.append(
            Risk(
                "cluster",
                "This is a node of a cluster, and Mspclnt.ini and System.ini lie on each node's own disk: every node "
                "needs the edit.",
                "Q271634",
                INFERRED,
                mitigated=False,
            )
        )
    if evidence.peers is not None and not evidence.peers.outside:
        risks.append(
            Risk(
                "all_peers_local",
                f"All remote MTAs that were given ({_few(evidence.peers.given)}) are in the client's local address "
                "table, so the client does not redirect connections to them, and the fault cannot occur with them.",
                "Q253253",
                INFERRED,
                mitigated=True,
            )
        )
    return risks


def _undone(mspclnt: Stanza, details: Client) -> str:
    """Say when the fix is undone and by which master copy; Path1 is a share or folder."""
    master, server = "the proxy server's master copy", "the proxy server"
    if details.master:
        folder = details.master.rstrip(b"\\/")
        master = f"{named(folder)}\\Mspclnt.ini"
        share = folder.replace(b"/", b"\\")
        server = named(share[2:].partition(b"\\")[0]) if share.startswith(b"\\\\") else server
    hours = named(details.refresh_hours or b"")
    # KB Q323457 says so of ISA Server 2000; of Proxy Server 2.0 no document does.
    often = f" and {'' if details.says_do_not_edit else 'perhaps '}every {hours} hours" if hours.isdigit() else ""
    own = mspclnt.entry.windows
    text = f"The fix is undone by {master}: the client replaces {own} by it at a restart or an update{often}."
    if details.says_do_not_edit:
        return text
    return (
        f"{text} To make it last, run the role's entry point master on {server}, which is not logged on to from here."
    )


def _proxied(stanza: Stanza) -> Risk:
    keys = [named(key) for key in _other_keys(stanza)]
    return Risk(
        "proxied_on_purpose",
        f"Section EMSMTA of {stanza.entry.windows} also holds {_few(keys)}"
        ": someone may send X.400 through the proxy on purpose, and Disable=1 would end that."
        f"{meaning_of(keys)}",
        "Q263046",
        INFERRED,
        mitigated=stanza.protects,
    )


def _other_keys(stanza: Stanza) -> list[bytes]:
    return [key for key, _value, _line in stanza.keys if key.lower() != b"disable"]


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED_KEYS} more" if len(names) > NAMED_KEYS else ""
    return ", ".join(names[:NAMED_KEYS]) + more


def meaning_of(keys: Sequence[str]) -> str:
    """Say what those of the keys mean that a service behind the proxy has, as sentences to add to a message."""
    known = {key.lower() for key in keys}
    told = [f"{name} {meaning}" for name, meaning in KEY_MEANINGS if name.lower() in known]
    return f" {'; '.join(told)}." if told else ""


def advice_for(evidence: Evidence, mspclnt: Stanza, details: Client, exposed: bool) -> list[Advice]:
    """Give what a person should do with a server that has both parts."""
    advice = [CLUSTER_RESTART if evidence.system.cluster else RESTART]
    if details.says_do_not_edit:
        remark = f"{mspclnt.entry.windows} says that it should not be edited: ISA Server overwrites it. Also "
        advice.append(Advice("isa_management", remark + ISA_MANAGEMENT, "Q323457"))
    if exposed:
        advice.append(
            Advice(
                "remote_events",
                "Look for the events 9301 and 9202 on the remote MTAs, not here: the server that refuses logs them.",
                "Q254909",
            )
        )
    outside = evidence.peers.outside if evidence.peers is not None else ()
    if outside:
        advice.append(
            Advice(
                "peers_outside",
                f"The local address table has not {_few(outside)}: see that these are reached without the proxy, "
                "before and after the edit.",
                "Q253253",
            )
        )
    return advice


def advice_for_master(master: Stanza, details: Client) -> list[Advice]:
    """Give what a person should do with a proxy server's master copy."""
    if details.says_do_not_edit:
        text = "" if master.protects else f"A{ISA_MANAGEMENT[1:]}"
        return [Advice("isa_management", text, "Q323457")] if text else []
    return [FETCH_AGAIN]


def general_advice(evidence: Evidence) -> list[Advice]:
    """Give advice that holds whatever the status is."""
    advice = []
    if evidence.newer_client is not None:
        advice.append(
            Advice(
                "isa_2004_client",
                f"{evidence.newer_client} is the client of ISA Server 2004, another product without Mspclnt.ini, which "
                "is left alone: see to its application settings on the ISA server.",
                "CC302546",
            )
        )
    if evidence.saved_as_text:
        advice.append(
            Advice(
                "saved_as_text",
                f"{' and '.join(evidence.saved_as_text)} is not read by the client: someone may have meant it for "
                "Mspclnt.ini, and an editor added .txt.",
                "Q181420",
            )
        )
    return advice


def notes_on(evidence: Evidence) -> list[Note]:
    """Give what else is worth knowing."""
    notes = []
    if evidence.system.small_business:
        notes.append(
            Note(
                "small_business_server",
                "This is Small Business Server; the setup of its versions 4.0 and 4.0a puts the client beside Exchange "
                "and switches it on. Never use 'net stop' on the service MSPOP3Connector (KB Q160572).",
                "Q189008",
            )
        )
    if evidence.system.version == "4.0" and evidence.system.winsock_for_rpc is False:
        notes.append(
            Note(
                "rpc_passes_winsock_by",
                "On this Windows NT 4.0, RPC passes Winsock by, so that the Site and Dynamic RAS connectors, which use "
                "RPC, may not be hit, though KB Q254909 lists them.",
                "Q186357",
            )
        )
    return notes


__all__ = (
    "Advice",
    "Note",
    "Risk",
    "advice_for",
    "advice_for_master",
    "general_advice",
    "meaning_of",
    "notes_on",
    "risks_of",
    "risks_of_master",
)
