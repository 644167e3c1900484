# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From evidence to a verdict: status, reasons, risks, advice and the plan. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect import (
    ABSENT,
    DOCUMENTED,
    INFERRED,
    INSTALLED,
    UNKNOWN,
    Client,
    Evidence,
    Gap,
    Stanza,
    named,
)

PROTECTED, EXPOSED, NOT_APPLICABLE = "protected", "exposed", "not_applicable"
# A message names no more keys than this; the evidence has them all.
NAMED_KEYS = 10


class Reason(NamedTuple):
    """Why the status is what it is."""

    code: str
    message: str
    source: str
    certainty: str


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


class Step(NamedTuple):
    """One edit of the plan, as `mspclnt_ini` takes it."""

    path: str
    section: str
    settings: tuple[tuple[str, int], ...]
    reason: str


class Verdict(NamedTuple):
    """The judgement of one server."""

    status: str
    certainty: str
    reasons: tuple[Reason, ...]
    risks: tuple[Risk, ...] = ()
    advice: tuple[Advice, ...] = ()
    plan: tuple[Step, ...] = ()
    in_force: str = UNKNOWN


def judge(evidence: Evidence) -> Verdict:
    """Judge a server by the status table of this collection's documentation."""
    parts = _judge_parts(evidence)
    if parts is not None:
        return parts
    if evidence.unreadable or evidence.mspclnt is None or evidence.details is None:
        return _unknown([Reason("unreadable", _gap(gap), "", DOCUMENTED) for gap in evidence.unreadable])
    if evidence.details.has_wsp_client_section:
        return _client_1_0()
    return _judge_stanza(evidence, evidence.mspclnt, evidence.details)


def _judge_parts(evidence: Evidence) -> Verdict | None:
    """Decide by what is installed, where that decides."""
    mta, client = evidence.mta, evidence.client
    absent = [(part, what) for part, what in ((mta, "mta"), (client, "client")) if part.state == ABSENT]
    if absent:
        reasons = tuple(Reason(f"{what}_absent", part.reason, part.source, part.certainty) for part, what in absent)
        return Verdict(NOT_APPLICABLE, _certainty(*(part.certainty for part, _what in absent)), reasons)
    unknown = [(part, what) for part, what in ((mta, "mta"), (client, "client")) if part.state == UNKNOWN]
    if unknown:
        return _unknown([Reason(f"{what}_unknown", part.reason, part.source, part.certainty) for part, what in unknown])
    return None


def _unknown(reasons: list[Reason]) -> Verdict:
    advice = Advice(
        "look", "Give what could not be read (drives, system_root, exchange_bin, access), or look by hand.", ""
    )
    certainty = _certainty(*(reason.certainty for reason in reasons))
    return Verdict(UNKNOWN, certainty, tuple(reasons), advice=(advice,))


def _gap(gap: Gap) -> str:
    return gap.reason if gap.what in gap.reason else f"{gap.what}: {gap.reason}"


def _client_1_0() -> Verdict:
    message = "Mspclnt.ini has a section [Wsp client]: client 1.0, which has no sections for single programs"
    advice = Advice(
        "client_1_0",
        "Remove or switch off the client, or upgrade it: Proxy Server 1.0's documentation says not to install its "
        "client beside Exchange Server.",
        "CAT8",
    )
    reason = Reason("proxy_client_1_0", message, "CAT8", DOCUMENTED)
    risk = Risk("proxy_client_1_0", message, "CAT8", DOCUMENTED, mitigated=False)
    return Verdict(UNKNOWN, DOCUMENTED, (reason,), (risk,), (advice,))


def _judge_stanza(evidence: Evidence, mspclnt: Stanza, details: Client) -> Verdict:
    wspcfg = evidence.wspcfg
    decides = wspcfg if wspcfg is not None and wspcfg.present else mspclnt
    status = PROTECTED if decides.protects else EXPOSED
    risks = _risks(mspclnt, wspcfg, details)
    doubts = [stanza.doubt for stanza in (mspclnt, wspcfg) if stanza is not None and stanza.doubt]
    sure = [evidence.mta.certainty, evidence.client.certainty]
    sure += [INFERRED for risk in risks if risk.code in ("hidden_by_wspcfg", "proxy_client_1_0")]
    sure += [INFERRED for _doubt in doubts]
    reasons = [
        Reason("stanza", _reads(decides), "Q254909", DOCUMENTED),
        Reason("mta_installed", evidence.mta.reason, evidence.mta.source, evidence.mta.certainty),
        Reason("client_installed", evidence.client.reason, evidence.client.source, evidence.client.certainty),
    ]
    reasons += [Reason("readers_differ", doubt, "", INFERRED) for doubt in doubts]
    return Verdict(
        status=status,
        certainty=_certainty(*sure),
        reasons=tuple(reasons),
        risks=tuple(risks),
        advice=tuple(_advice(mspclnt, details)),
        plan=tuple(_plan(mspclnt, wspcfg)),
        in_force="no" if status == EXPOSED else UNKNOWN,
    )


def _reads(stanza: Stanza) -> str:
    value = "nothing" if stanza.value is None else f"'{named(stanza.value)}'"
    return f"Windows reads {value} as Disable in section EMSMTA of {stanza.entry.windows}"


def _plan(mspclnt: Stanza, wspcfg: Stanza | None) -> list[Step]:
    """Give the edits that protect the server in every documented order of reading."""
    steps = []
    if not mspclnt.protects and (wspcfg is None or not wspcfg.present):
        steps.append(_step(mspclnt, "the client reads this file for every program without a Wspcfg.ini (KB Q254909)"))
    if wspcfg is not None and not wspcfg.protects:
        steps.append(_step(wspcfg, "a Wspcfg.ini in the program's folder comes before Mspclnt.ini (CAT8, KB Q181420)"))
    return steps


def _step(stanza: Stanza, reason: str) -> Step:
    return Step(stanza.entry.local, "EMSMTA", (("Disable", 1),), reason)


def _risks(mspclnt: Stanza, wspcfg: Stanza | None, details: Client) -> list[Risk]:
    lasting = wspcfg is not None and wspcfg.protects
    risks = [
        Risk(
            "overwritten_on_refresh",
            f"The client replaces {mspclnt.entry.windows} by {_master(details)} when it fetches its configuration "
            "again (at a restart, an update, a reinstallation); the edit is then gone.",
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
    risks += [_proxied(stanza) for stanza in (mspclnt, wspcfg) if stanza is not None and _other_keys(stanza)]
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


def _master(details: Client) -> str:
    """Name the file that the client fetches; Path1 is a share or folder."""
    if not details.master:
        return "the proxy server's master copy"
    path = named(details.master)
    return path + ("" if path.endswith(("\\", "/")) else "\\") + "Mspclnt.ini"


def _proxied(stanza: Stanza) -> Risk:
    keys = _other_keys(stanza)
    names = ", ".join(named(key) for key in keys[:NAMED_KEYS])
    if len(keys) > NAMED_KEYS:
        names += f" and {len(keys) - NAMED_KEYS} more"
    return Risk(
        "proxied_on_purpose",
        f"Section EMSMTA of {stanza.entry.windows} also holds {names}: someone may send X.400 through the proxy on "
        "purpose, and Disable=1 would end that.",
        "Q263046",
        INFERRED,
        mitigated=stanza.protects,
    )


def _other_keys(stanza: Stanza) -> list[bytes]:
    return [key for key, _value, _line in stanza.keys if key.lower() != b"disable"]


def _advice(mspclnt: Stanza, details: Client) -> list[Advice]:
    advice = [
        Advice(
            "restart_mta",
            "Restart the MTA after an edit: 'net stop msexchangemta', 'net start msexchangemta'; the stop takes "
            "MSExchangeIMC and MSExchangeDX with it, so start those that ran again.",
            "Q244035",
        )
    ]
    if details.says_do_not_edit:
        advice.append(
            Advice(
                "isa_management",
                f"{mspclnt.entry.windows} says that it should not be edited: ISA Server overwrites it. Also "
                "add EMSMTA with Disable=1 to the application settings of the Firewall Client in ISA Management.",
                "Q323457",
            )
        )
    return advice


def _certainty(*parts: str) -> str:
    return INFERRED if INFERRED in parts else DOCUMENTED


__all__ = (
    "EXPOSED",
    "INSTALLED",
    "NOT_APPLICABLE",
    "PROTECTED",
    "Advice",
    "Reason",
    "Risk",
    "Step",
    "Verdict",
    "judge",
)
