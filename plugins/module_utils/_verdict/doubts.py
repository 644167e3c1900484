# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reasons of a verdict, and those of them that make it an inferred one. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .._detect.evidence import (
    INFERRED,
    ClientDetails,
    Evidence,
    FoundStanza,
)

if TYPE_CHECKING:
    from .._detect.evidence import Certainty

# Its documentation tells of the registry's IniFileMapping.
PROFILE_API = "GetPrivateProfileString"
SWITCHED_ON, SWITCHED_OFF = "yes", "no"


class Reason(NamedTuple):
    """Why the status is what it is."""

    code: str
    message: str
    source: str
    certainty: Certainty


def doubts_of(evidence: Evidence, mspclnt: FoundStanza, details: ClientDetails) -> list[Reason]:
    """Give what keeps the judgement of a server that has both parts from standing in a document."""
    wspcfg = evidence.wspcfg
    return [
        *doubts_of_text(details, mspclnt, wspcfg),
        *_doubts_of_order(mspclnt, wspcfg),
        *_doubts_of_switch(evidence),
        *_not_told(evidence),
    ]


def doubts_of_text(details: ClientDetails, *stanzas: FoundStanza | None) -> list[Reason]:
    """Give the doubts that stand in the client's own files."""
    found = [stanza.doubt for stanza in stanzas if stanza is not None]
    doubts = [Reason("readers_differ", doubt, "", INFERRED) for doubt in found if doubt]
    if details.says_do_not_edit:
        message = "this is the Firewall Client of ISA Server 2000; the KB article names only the WinSock Proxy Client"
        doubts.append(Reason("client_not_named", message, "Q254909", INFERRED))
    return doubts


def _doubts_of_order(mspclnt: FoundStanza, wspcfg: FoundStanza | None) -> list[Reason]:
    if wspcfg is None or not wspcfg.present or wspcfg.protects == mspclnt.protects:
        return []
    message = (
        "Wspcfg.ini and Mspclnt.ini say different things; that Wspcfg.ini comes first is printed for Proxy Server 1.0 "
        "(CAT8) and for ISA Server (KB Q323457), and inferred for Proxy Server 2.0"
    )
    return [Reason("wspcfg_first", message, "CAT8", INFERRED)]


def _doubts_of_switch(evidence: Evidence) -> list[Reason]:
    """A client that is switched off redirects nothing, until someone switches it on again."""
    if evidence.switched_on == SWITCHED_ON:
        return []
    if evidence.switched_on == SWITCHED_OFF:
        message = "the client is switched off, and is judged as if it were on: it can be switched on at any time"
        return [Reason("client_switched_off", message, "Q189008", INFERRED)]
    message = (
        "whether the client is switched on (WSP Client in Control Panel) is not known; one that is off does no harm"
    )
    return [Reason("client_switch_unknown", message, "Q203116", INFERRED)]


def _not_told(evidence: Evidence) -> list[Reason]:
    """Give what would change the judgement, and could not be looked at."""
    doubts = []
    if evidence.product is None:
        message = (
            "the version of EMSMTA.EXE is not known, so Exchange 2000 or 2003, which the KB article is not about, is "
            "not ruled out"
        )
        doubts.append(Reason("version_unknown", message, "Q254909", INFERRED))
    if not evidence.system.mappings_known:
        message = "whether the registry redirects reads of the client's files (IniFileMapping) could not be looked at"
        doubts.append(Reason("redirection_unknown", message, PROFILE_API, INFERRED))
    return doubts


__all__ = ("PROFILE_API", "Reason", "doubts_of", "doubts_of_text")
