# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What could undo, hide or forbid the fix. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Sequence

from .._detect.evidence import (
    DOCUMENTED,
    INFERRED,
    ClientDetails,
    Evidence,
    FoundStanza,
)
from .._detect.wording import excerpt
from .._server.text import QUOTED_NAME, few

if TYPE_CHECKING:
    from .._detect.evidence import Certainty
    from .doubts import Reason


class Risk(NamedTuple):
    """What could undo, hide or forbid the fix."""

    code: str
    message: str
    source: str
    certainty: Certainty
    mitigated: bool


# The risk that the MTA was not started since the fix was written.
NOT_RESTARTED = "mta_not_restarted"
# Keys, what they mean, and where that is printed. KB Q181420 and Q178532 print the two without a source in use only.
KEY_MEANINGS = (
    ("ServerBindTcpPorts", "has the proxy listen on these ports for the MTA", "KB Q181420"),
    ("ProxyBindIp", "binds ports to an address of the proxy", "CAT8"),
    ("Persistent", "keeps the proxy's end while the MTA restarts", ""),
    ("KillOldSession", "ends an old session for the same port", ""),
    ("ForceCredentials", "uses other credentials for the proxy", "KB Q254367"),
    ("NameResolution", "has names resolved here (L) or by the proxy (R)", "CAT8"),
    ("LocalBindTcpPorts", "keeps these TCP ports here", "CAT8"),
    ("LocalBindUdpPorts", "keeps these UDP ports here", "CAT8"),
    ("RemoteBindTcpPorts", "has these TCP ports on the proxy", "CAT8"),
    ("RemoteBindUdpPorts", "has these UDP ports on the proxy", "CAT8"),
    ("MultipleAccessTcpPorts", "serves both sides on these TCP ports", "CAT8"),
    ("MultipleAccessUdpPorts", "serves both sides on these UDP ports", "CAT8"),
)
NOT_PRINTED = "general knowledge"
ON_PURPOSE = (
    "Nothing needs to be set to send X.400 through the proxy on purpose: it goes there by default, and the partner's "
    "connector names the proxy's address (KB Q263046, Q199326)."
)
PROXIED_BY_DEFAULT = Risk(
    "proxied_by_default",
    f"{ON_PURPOSE} Where a partner of this server has it so, Disable=1 stops that mail.",
    "Q263046",
    INFERRED,
    mitigated=False,
)
PROXIED_BY_DEFAULT_THROUGH_MASTER = Risk(
    "proxied_by_default",
    f"{ON_PURPOSE} Where a partner of an Exchange computer that fetches this copy has it so, Disable=1 stops it.",
    "Q263046",
    INFERRED,
    mitigated=False,
)


def risks_of(
    evidence: Evidence, mspclnt: FoundStanza, details: ClientDetails, protected: bool, read: Reason | None = None
) -> list[Risk]:
    """Give what could undo, hide or forbid the fix of a server that has both parts.

    read: why it is known, or not, that the MTA has read the fix; None where its log was not read.
    """
    wspcfg = evidence.wspcfg
    risks = [_overwritten(mspclnt, details, lasting=wspcfg is not None and wspcfg.protects)]
    if wspcfg is not None and not wspcfg.present:
        message = (
            f"{wspcfg.entry.windows} has no section EMSMTA; if the client reads only this file for programs in this "
            "folder, the stanza in Mspclnt.ini is hidden."
        )
        risks.append(Risk("hidden_by_wspcfg", message, "CAT8", INFERRED, mitigated=False))
    if protected:
        risks.append(_not_restarted(read))
    else:
        risks.append(PROXIED_BY_DEFAULT)
    return risks + _risks_of_text(details, mspclnt, wspcfg) + _risks_of_system(evidence)


def _not_restarted(read: Reason | None) -> Risk:
    if read is not None and read.code != "in_force_unknown":
        message = f"{read.message[:1].upper()}{read.message[1:]}."
        return Risk("mta_not_restarted", message, read.source, INFERRED, mitigated=True)
    # Both articles say so of other settings and programs.
    message = (
        f"{'Files and registry do' if read is None else 'What was read does'} not tell whether the MTA was started "
        "since the fix was written. It is taken to read it when it starts (by analogy with KB Q181847 and Q178532): "
        "restart it if not."
    )
    return Risk("mta_not_restarted", message, "Q181847", INFERRED, mitigated=False)


def answered(risks: Sequence[Mapping[str, Any]], message: str, mitigated: bool) -> list[dict[str, Any]]:
    """Give the risks of a result, where more is known of the MTA's start than the look did that told them.

    mitigated: whether the MTA needs no restart.
    """
    known = {"message": message, "mitigated": mitigated}
    return [{**risk, **known} if risk["code"] == NOT_RESTARTED else dict(risk) for risk in risks]


def risks_of_master(master: FoundStanza, details: ClientDetails) -> list[Risk]:
    """Give the risks of a proxy server's master copy."""
    risks = [] if master.protects else [PROXIED_BY_DEFAULT_THROUGH_MASTER]
    risks += _risks_of_text(details, master)
    if details.says_do_not_edit:
        return risks
    message = (
        "Whether Proxy Server keeps this section when someone changes the client configuration in Internet Service "
        "Manager is not documented: run this again after such a change."
    )
    return [*risks, Risk("rewritten_by_manager", message, "Q193928", INFERRED, mitigated=False)]


def meaning_of(keys: Sequence[str]) -> str:
    """Say what those of the keys mean that a service behind the proxy has, as sentences to add to a message."""
    known = {key.lower() for key in keys}
    told = [
        f"{name} {meaning} ({source or NOT_PRINTED})" for name, meaning, source in KEY_MEANINGS if name.lower() in known
    ]
    return f" {'; '.join(told)}." if told else ""


def _overwritten(mspclnt: FoundStanza, details: ClientDetails, lasting: bool) -> Risk:
    # KB Q193928 prints of Proxy 2.0 that another entry reverts at a restart, CAT8 of 1.0 that 'Update Now' fetches the
    # client's files. KB Q323457 prints of ISA Server that the whole file is replaced again and again.
    if details.says_do_not_edit:
        return Risk("overwritten_on_refresh", _undone(mspclnt, details), "Q323457", DOCUMENTED, lasting)
    return Risk("overwritten_on_refresh", _undone(mspclnt, details), "Q193928", INFERRED, lasting)


def _undone(mspclnt: FoundStanza, details: ClientDetails) -> str:
    """Say when the fix may be undone and by which master copy; Path1 is a share or folder."""
    master, server = "the proxy server's master copy", "the proxy server"
    if details.master:
        folder = details.master.rstrip(b"\\/")
        master = f"{excerpt(folder)}\\Mspclnt.ini"
        share = folder.replace(b"/", b"\\")
        server = excerpt(share[2:].partition(b"\\")[0]) if share.startswith(b"\\\\") else server
    hours = excerpt(details.refresh_hours or b"")
    often = f" and every {hours} hours" if hours.isdigit() else ""
    undone = "is undone" if details.says_do_not_edit else "may be undone"
    text = (
        f"The fix in {mspclnt.entry.windows} {undone} by {master} when the computer restarts, at 'Update Now' of the "
        f"client{often}"
    )
    if details.says_do_not_edit:
        return f"{text}."
    return (
        f"{text}, unless that copy, which was not read from here, holds it too: run the role's entry point master on "
        f"{server}."
    )


def _risks_of_text(details: ClientDetails, mspclnt: FoundStanza, wspcfg: FoundStanza | None = None) -> list[Risk]:
    """Give the risks that stand in the client's own files."""
    risks = [_proxied(stanza) for stanza in (mspclnt, wspcfg) if stanza is not None and _other_keys(stanza)]
    sign = _sign_of_1_0(details)
    if sign:
        message = (
            f"{mspclnt.entry.windows} has {sign}: it may be of client 1.0, which has no sections for single programs."
        )
        risks.append(Risk("proxy_client_1_0", message, "CAT8", INFERRED, mitigated=False))
    return risks


def _sign_of_1_0(details: ClientDetails) -> str:
    if details.is_2_0 and details.has_wsp_client_section:
        return "a section [Wsp client] beside a Build of client 2.0"
    if details.says_do_not_edit or details.is_2_0:
        return ""
    if details.build:
        return f"the Build {excerpt(details.build)}"
    return "[Master Config] and no Build" if details.has_master_config else ""


def _proxied(stanza: FoundStanza) -> Risk:
    keys = [excerpt(key, QUOTED_NAME) for key in _other_keys(stanza)]
    message = (
        f"Section EMSMTA of {stanza.entry.windows} also holds {few(keys)}: someone may send X.400 through the proxy "
        f"on purpose, and Disable=1 would end that.{meaning_of(keys)} The role leaves it alone, unless "
        "emsmta_bypass_override_proxied is true."
    )
    return Risk("proxied_on_purpose", message, "Q263046", INFERRED, mitigated=stanza.protects)


def _other_keys(stanza: FoundStanza) -> list[bytes]:
    return [key for key, _value, _line in stanza.keys if key.lower() != b"disable"]


def _risks_of_system(evidence: Evidence) -> list[Risk]:
    risks = []
    services = evidence.system.proxy_services
    if services:
        message = (
            f"Proxy Server is installed on this computer (services {' and '.join(services)}, KB Q281770). All that it "
            "sends has this computer's own address, with the fix and without (KB Q169548): it may not be hit."
        )
        risks.append(Risk("proxy_on_this_server", message, "Q169548", INFERRED, mitigated=False))
    if evidence.system.cluster:
        message = (
            "This is a node of a cluster, and Mspclnt.ini and System.ini lie on each node's own disk: every node needs "
            "the edit."
        )
        risks.append(Risk("cluster", message, "Q271634", INFERRED, mitigated=False))
    if evidence.peers is not None and not evidence.peers.outside:
        message = (
            f"All remote MTAs that were given ({few(evidence.peers.given)}) are in the client's local address table, "
            "so the client does not redirect connections to them, and the fault cannot occur with them."
        )
        risks.append(Risk("all_peers_local", message, "Q253253", INFERRED, mitigated=True))
    return risks


__all__ = ("NOT_RESTARTED", "Risk", "answered", "meaning_of", "risks_of", "risks_of_master")
