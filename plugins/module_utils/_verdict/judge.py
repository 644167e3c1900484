# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From evidence to a verdict: status, reasons, risks, advice and the plan. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Sequence

from .._detect.evidence import (
    ABSENT,
    DOCUMENTED,
    INFERRED,
    UNKNOWN,
    ClientDetails,
    Evidence,
    FoundStanza,
    Gap,
    Part,
)
from .._detect.wording import excerpt
from .advice import (
    CLIENT_1_0,
    LOOK,
    LOOK_AT_MASTER,
    MASTER_OF_1_0,
    Advice,
    Remark,
    advice_for,
    advice_for_master,
    general_advice,
    notes_on,
)
from .doubts import (
    PROFILE_API,
    Reason,
    doubts_of,
    doubts_of_text,
)
from .risks import (
    Risk,
    risks_of,
    risks_of_master,
)

if TYPE_CHECKING:
    # Python 3.7 has no Literal.
    from typing import Literal  # novm

    from .._detect.evidence import Certainty
    from .._server.protocols import Entry
    from .in_force import Answer, InForce

    Status = Literal["protected", "exposed", "not_applicable", "unknown"]

PROTECTED: Status = "protected"
EXPOSED: Status = "exposed"
NOT_APPLICABLE: Status = "not_applicable"
# A sentence names files so, whatever the case of their names on the disk.
MSPCLNT, WSPCFG = "Mspclnt.ini", "Wspcfg.ini"
# Both are printed for ISA Server, the second for Proxy Server 1.0 too.
READ_FOR_ALL = "the client reads this file for programs without a Wspcfg.ini (KB Q323457; inferred for Proxy 2.0)"
READ_FIRST = "a Wspcfg.ini in the program's folder comes before Mspclnt.ini (CAT8, KB Q323457; inferred for Proxy 2.0)"
LONGEST_SENTENCE = 200
# Of so many bytes, each of which may need four characters, the whole sentence has its place.
LONGEST_QUOTE = 20
# Risks of which one makes the answer an inferred one.
DOUBTFUL = ("hidden_by_wspcfg", "proxy_client_1_0", "proxy_on_this_server")
# The parts of a server, by what the codes of their reasons begin with.
PARTS = {"mta": "Exchange MTA", "client": "WinSock Proxy Client"}


class Step(NamedTuple):
    """One edit of the plan."""

    entry: Entry
    section: str
    settings: tuple[tuple[str, int], ...]
    reason: str


class Verdict(NamedTuple):
    """The judgement of one server. brief: the reason that decides, in a few words and without a path."""

    status: Status
    certainty: Certainty
    brief: str
    reasons: tuple[Reason, ...]
    risks: tuple[Risk, ...] = ()
    advice: tuple[Advice, ...] = ()
    plan: tuple[Step, ...] = ()
    in_force: InForce = UNKNOWN
    notes: tuple[Remark, ...] = ()

    @property
    def sentence(self) -> str:
        """Give status, certainty and the reason that decides in one line of at most LONGEST_SENTENCE characters."""
        text = f"{self.status} ({self.certainty}): {self.brief}"
        return text if len(text) <= LONGEST_SENTENCE else f"{text[: LONGEST_SENTENCE - 3]}..."


def judge(evidence: Evidence) -> Verdict:
    """Judge a server: the first row that applies decides, as in this collection's status table."""
    verdict = next(found for row in ROWS for found in [row(evidence)] if found is not None)
    notes = notes_on(evidence, judged=verdict.status in (PROTECTED, EXPOSED))
    return verdict._replace(notes=tuple(notes), advice=verdict.advice + tuple(general_advice(evidence)))


def judge_master(evidence: Evidence) -> Verdict:
    """Judge a proxy server's master copy: what its clients read once they have fetched it."""
    return next(found for row in MASTER_ROWS for found in [row(evidence)] if found is not None)


def _parts(evidence: Evidence) -> tuple[tuple[Part, str], ...]:
    return (evidence.mta, "mta"), (evidence.client, "client")


def _absent(evidence: Evidence) -> Verdict | None:
    """One part that is surely absent decides."""
    absent = [(part, what) for part, what in _parts(evidence) if part.state == ABSENT]
    if not absent:
        return None
    reasons = tuple(Reason(f"{what}_absent", part.reason, part.source, part.certainty) for part, what in absent)
    brief = f"there is no {' and no '.join(PARTS[what] for _part, what in absent)}"
    return Verdict(NOT_APPLICABLE, _certainty(*(part.certainty for part, _what in absent)), brief, reasons)


def _outside_article(evidence: Evidence) -> Verdict | None:
    product = evidence.product
    if product is None or product.in_article:
        return None
    message = f"the MTA is that of {product.name}, which is outside of the KB article (Exchange Server 4.0, 5.0, 5.5)"
    reason = Reason("outside_article", message, "Q254909", product.certainty)
    brief = f"the MTA is that of {product.name}, outside of KB Q254909"
    return Verdict(NOT_APPLICABLE, product.certainty, brief, (reason,))


def _unknown_parts(evidence: Evidence) -> Verdict | None:
    unknown = [(part, what) for part, what in _parts(evidence) if part.state == UNKNOWN]
    if not unknown:
        return None
    briefs = [part.brief or f"whether the {PARTS[what]} is installed could not be told" for part, what in unknown]
    reasons = [Reason(f"{what}_unknown", part.reason, part.source, part.certainty) for part, what in unknown]
    return _unknown("; ".join(briefs), reasons)


def _redirected(evidence: Evidence) -> Verdict | None:
    key = evidence.system.redirected
    if key is None:
        return None
    message = f"HKLM\\{key} redirects reads of this file to the registry, so the file does not tell what Windows reads"
    file = key.rpartition("\\")[2]
    brief = f"the registry redirects reads of {file}, so the file does not tell what Windows reads"
    return _unknown(brief, [Reason("redirected", message, PROFILE_API, DOCUMENTED)])


def _unreadable(evidence: Evidence) -> Verdict | None:
    if not evidence.deciding_not_read and evidence.mspclnt is not None and evidence.client_details is not None:
        return None
    # A master copy that is missing says so itself.
    brief = evidence.client.brief or f"{_files_not_read(evidence)} could not be read"
    return _unknown(brief, [Reason("unreadable", _gap(gap), "", DOCUMENTED) for gap in evidence.deciding_not_read])


def _files_not_read(evidence: Evidence) -> str:
    wspcfg = {WSPCFG, evidence.wspcfg_entry.windows if evidence.wspcfg_entry is not None else WSPCFG}
    names = [WSPCFG if gap.what in wspcfg else MSPCLNT for gap in evidence.deciding_not_read]
    return " and ".join(dict.fromkeys(names)) or MSPCLNT


def _unknown(brief: str, reasons: list[Reason]) -> Verdict:
    certainty = _certainty(*(reason.certainty for reason in reasons))
    return Verdict(UNKNOWN, certainty, brief, tuple(reasons), advice=(LOOK,))


def _gap(gap: Gap) -> str:
    return gap.reason if gap.what in gap.reason else f"{gap.what}: {gap.reason}"


def _client_1_0(evidence: Evidence) -> Verdict | None:
    details = evidence.client_details
    if details is None or not details.is_1_0:
        return None
    entry = evidence.client.entry
    file = entry.windows if entry is not None else "Mspclnt.ini"
    sign = f"{details.dll_1_0} is its DLL" if details.dll_1_0 else f"{file} has a section [Wsp client]"
    message = f"{sign}: client 1.0, which has no sections for single programs"
    reason = Reason("proxy_client_1_0", message, "CAT8", DOCUMENTED)
    risk = Risk("proxy_client_1_0", message, "CAT8", DOCUMENTED, mitigated=False)
    brief = "client 1.0 has no sections for single programs"
    return Verdict(UNKNOWN, DOCUMENTED, brief, (reason,), (risk,), (CLIENT_1_0,))


def _stanza(evidence: Evidence) -> Verdict | None:
    if evidence.mspclnt is None or evidence.client_details is None:
        return None
    return _judge_stanza(evidence, evidence.mspclnt, evidence.client_details)


def _judge_stanza(evidence: Evidence, mspclnt: FoundStanza, details: ClientDetails) -> Verdict:
    decides = evidence.decides or mspclnt
    status = PROTECTED if decides.protects else EXPOSED
    read = _in_force(evidence) if decides.protects else None
    risks = risks_of(evidence, mspclnt, details, decides.protects, read.reason if read is not None else None)
    doubts = doubts_of(evidence, mspclnt, details)
    sure = [evidence.mta.certainty, evidence.client.certainty, *_certainties(risks, doubts)]
    sure += [evidence.product.certainty] if evidence.product is not None else []
    reasons = [
        Reason("stanza", _reads(decides), "Q254909", DOCUMENTED),
        Reason("mta_installed", evidence.mta.reason, evidence.mta.source, evidence.mta.certainty),
        Reason("client_installed", evidence.client.reason, evidence.client.source, evidence.client.certainty),
    ]
    reasons += doubts
    if evidence.disabled_service:
        # That Start 4 means disabled is general knowledge of Windows NT.
        reasons.append(Reason("mta_disabled", "the service MSExchangeMTA is disabled now", "", INFERRED))
    reasons += [read.reason] if read is not None else []
    return Verdict(
        status=status,
        certainty=_certainty(*sure),
        brief=_reads_briefly(decides, MSPCLNT if decides is mspclnt else WSPCFG),
        reasons=tuple(reasons),
        risks=tuple(risks),
        advice=tuple(advice_for(evidence, mspclnt, details, status == EXPOSED)),
        plan=tuple(_plan(mspclnt, evidence.wspcfg)),
        in_force=read.in_force if read is not None else UNKNOWN,
    )


def _in_force(evidence: Evidence) -> Answer | None:
    """Tell whether the MTA of a protected server has read the fix; None where its log was not read."""
    if evidence.events is None:
        return None
    # Loaded only where events were asked for.
    from .in_force import in_force

    return in_force(evidence, evidence.events)


def _unreadable_master(evidence: Evidence) -> Verdict | None:
    verdict = _unreadable(evidence)
    return verdict._replace(advice=(LOOK_AT_MASTER,)) if verdict is not None else None


def _master_of_1_0(evidence: Evidence) -> Verdict | None:
    verdict = _client_1_0(evidence)
    return verdict._replace(advice=(MASTER_OF_1_0,)) if verdict is not None else None


def _master(evidence: Evidence) -> Verdict | None:
    """Give what its clients read; a copy that ISA Server writes is left to ISA Server."""
    master, details = evidence.mspclnt, evidence.client_details
    if master is None or details is None:
        return None
    risks = risks_of_master(master, details)
    doubts = doubts_of_text(details, master)
    reasons = [Reason("stanza", _reads(master), "Q254909", DOCUMENTED), *doubts]
    if details.says_do_not_edit:
        message = f"{master.entry.windows} says that it should not be edited: ISA Server writes it from its settings"
        reasons.append(Reason("do_not_edit", message, "PQ", DOCUMENTED))
    wanted = not master.protects and not details.says_do_not_edit
    return Verdict(
        status=PROTECTED if master.protects else EXPOSED,
        certainty=_certainty(*_certainties(risks, doubts)),
        brief=_reads_briefly(master, f"the master copy of {MSPCLNT}"),
        reasons=tuple(reasons),
        risks=tuple(risks),
        advice=tuple(advice_for_master(master, details)),
        plan=(_step(master, "clients may replace their own file by this copy (KB Q193928)"),) if wanted else (),
    )


def _certainties(risks: Sequence[Risk], doubts: Sequence[Reason]) -> list[Certainty]:
    doubtful = [risk for risk in risks if risk.code in DOUBTFUL]
    return [INFERRED for _doubt in (*doubtful, *doubts)]


def _reads(stanza: FoundStanza) -> str:
    value = "nothing" if stanza.value is None else f"'{excerpt(stanza.value)}'"
    return f"Windows reads {value} as Disable in section EMSMTA of {stanza.entry.windows}"


def _reads_briefly(stanza: FoundStanza, file: str) -> str:
    value = "nothing" if stanza.value is None else "an empty value"
    if stanza.value:
        quote = excerpt(stanza.value, LONGEST_QUOTE)
        value = quote if stanza.value.isdigit() else f"'{quote}'"
    return f"Windows reads {value} as Disable in [EMSMTA] of {file}"


def _plan(mspclnt: FoundStanza, wspcfg: FoundStanza | None) -> list[Step]:
    """Give the edits that protect the server in every documented order of reading."""
    steps = []
    if not mspclnt.protects and (wspcfg is None or not wspcfg.present):
        steps.append(_step(mspclnt, READ_FOR_ALL))
    if wspcfg is not None and not wspcfg.protects:
        steps.append(_step(wspcfg, READ_FIRST))
    return steps


def _step(stanza: FoundStanza, reason: str) -> Step:
    return Step(stanza.entry, "EMSMTA", (("Disable", 1),), reason)


def _certainty(*parts: Certainty) -> Certainty:
    return INFERRED if INFERRED in parts else DOCUMENTED


# One row for each row of the status table, in its order; the last one always answers.
ROWS = (_absent, _outside_article, _unknown_parts, _redirected, _unreadable, _client_1_0, _stanza)
MASTER_ROWS = (_unreadable_master, _master_of_1_0, _master)

__all__ = (
    "EXPOSED",
    "NOT_APPLICABLE",
    "PROTECTED",
    "Step",
    "Verdict",
    "judge",
    "judge_master",
)
