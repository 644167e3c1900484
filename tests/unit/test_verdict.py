# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import itertools
from typing import NamedTuple

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    ABSENT,
    DOCUMENTED,
    INFERRED,
    INSTALLED,
    UNKNOWN,
    Fact,
    FoundStanza,
    Gap,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Entry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import (
    EXPOSED,
    NOT_APPLICABLE,
    PROTECTED,
    Verdict,
    judge,
)

from tests.unit.verdict_evidence import (
    EMPTY_SECTION,
    EMSMTA,
    MSPCLNT,
    NO_SECTION,
    OFF,
    ON,
    PROXY_2_0,
    UNREADABLE,
    WSPCFG,
    codes,
    disable,
    evidence,
    part,
    planned,
    risk_of,
    said,
    stanza,
    without,
)

STATES = (INSTALLED, ABSENT, UNKNOWN)


# The table of parts: MTA, client, and the status; None where the files decide.
PARTS: dict[tuple[str, str], str | None] = {
    (ABSENT, ABSENT): NOT_APPLICABLE,
    (ABSENT, INSTALLED): NOT_APPLICABLE,
    (ABSENT, UNKNOWN): NOT_APPLICABLE,
    (INSTALLED, ABSENT): NOT_APPLICABLE,
    (UNKNOWN, ABSENT): NOT_APPLICABLE,
    (UNKNOWN, INSTALLED): UNKNOWN,
    (UNKNOWN, UNKNOWN): UNKNOWN,
    (INSTALLED, UNKNOWN): UNKNOWN,
    (INSTALLED, INSTALLED): None,
}


def test_the_table_of_parts_is_complete() -> None:
    assert set(PARTS) == set(itertools.product(STATES, STATES))


@pytest.mark.parametrize("lines", [NO_SECTION, OFF, ON], ids=["no_section", "disable_0", "disable_1"])
@pytest.mark.parametrize(("mta", "client"), PARTS)
def test_parts_decide_before_the_stanza(mta: str, client: str, lines: tuple[tuple[bytes, bytes], ...] | None) -> None:
    verdict = judge(evidence(said(MSPCLNT, lines), mta=part(mta, entry=EMSMTA), client=part(client, entry=MSPCLNT)))
    by_stanza = PROTECTED if lines == ON else EXPOSED
    assert verdict.status == (PARTS[mta, client] or by_stanza)
    if PARTS[mta, client]:
        assert (verdict.plan, verdict.risks, verdict.in_force) == ((), (), UNKNOWN)


@pytest.mark.parametrize(
    ("mta", "client", "expected"),
    [
        (ABSENT, UNKNOWN, ["mta_absent"]),
        (UNKNOWN, ABSENT, ["client_absent"]),
        (ABSENT, ABSENT, ["mta_absent", "client_absent"]),
        (UNKNOWN, INSTALLED, ["mta_unknown"]),
        (INSTALLED, UNKNOWN, ["client_unknown"]),
        (UNKNOWN, UNKNOWN, ["mta_unknown", "client_unknown"]),
        (INSTALLED, INSTALLED, ["stanza", "mta_installed", "client_installed"]),
    ],
)
def test_reasons_name_the_parts_that_decide(mta: str, client: str, expected: list[str]) -> None:
    verdict = judge(evidence(disable(MSPCLNT, b"1"), mta=part(mta, entry=EMSMTA), client=part(client, entry=MSPCLNT)))
    assert [reason.code for reason in verdict.reasons] == expected
    assert all(reason.message for reason in verdict.reasons)


@pytest.mark.parametrize("certainty", [DOCUMENTED, INFERRED])
@pytest.mark.parametrize(("mta", "client"), PARTS)
def test_a_verdict_is_as_sure_as_what_decides(mta: str, client: str, certainty: str) -> None:
    found = evidence(disable(MSPCLNT, b"1"), mta=part(mta, certainty, EMSMTA), client=part(client, entry=MSPCLNT))
    decides = mta == ABSENT or (client != ABSENT and (mta == UNKNOWN or (mta, client) == (INSTALLED, INSTALLED)))
    assert judge(found).certainty == (certainty if decides else DOCUMENTED)


def test_unknown_advises_what_to_give() -> None:
    (advice,) = judge(evidence(mta=part(UNKNOWN), client=part(UNKNOWN))).advice
    assert advice.code == "look"
    assert all(option in advice.message for option in ("drives", "system_root", "exchange_bin"))


@pytest.mark.parametrize("wspcfg", [None, WSPCFG], ids=["no_wspcfg", "wspcfg_read"])
def test_a_file_that_cannot_be_read_makes_it_unknown(wspcfg: Entry | None) -> None:
    found = evidence(disable(MSPCLNT, b"1"), disable(wspcfg, b"1") if wspcfg else None, unreadable=(UNREADABLE,))
    verdict = judge(found)
    assert (verdict.status, verdict.plan, verdict.risks, verdict.in_force) == (UNKNOWN, (), (), UNKNOWN)
    assert [(reason.code, reason.message) for reason in verdict.reasons] == [
        ("unreadable", f"{WSPCFG.windows}: it holds a NUL byte")
    ]


def test_a_reason_names_the_file_once() -> None:
    gap = Gap(MSPCLNT.windows, f"Error while reading {MSPCLNT.windows} (/c/x): Permission denied")
    (reason,) = judge(evidence(details=None, unreadable=(gap,))).reasons
    assert reason.message == gap.reason


def test_an_absent_part_decides_though_a_file_cannot_be_read() -> None:
    assert judge(evidence(client=part(ABSENT), unreadable=(UNREADABLE,))).status == NOT_APPLICABLE


class Row(NamedTuple):
    """What Mspclnt.ini and Wspcfg.ini say; the status, and the files that the plan edits.

    wspcfg: False for no such file.
    """

    name: str
    mspclnt: tuple[tuple[bytes, bytes], ...] | None
    wspcfg: tuple[tuple[bytes, bytes], ...] | bool | None
    status: str
    plan: tuple[Entry, ...]


ROWS = (
    Row("1", ON, False, PROTECTED, ()),
    Row("0", OFF, False, EXPOSED, (MSPCLNT,)),
    Row("empty", EMPTY_SECTION, False, EXPOSED, (MSPCLNT,)),
    Row("none", NO_SECTION, False, EXPOSED, (MSPCLNT,)),
    Row("1_wspcfg_1", ON, ON, PROTECTED, ()),
    Row("0_wspcfg_1", OFF, ON, PROTECTED, ()),
    Row("none_wspcfg_1", NO_SECTION, ON, PROTECTED, ()),
    Row("1_wspcfg_0", ON, OFF, EXPOSED, (WSPCFG,)),
    Row("1_wspcfg_empty", ON, EMPTY_SECTION, EXPOSED, (WSPCFG,)),
    Row("0_wspcfg_0", OFF, OFF, EXPOSED, (WSPCFG,)),
    Row("none_wspcfg_empty", NO_SECTION, EMPTY_SECTION, EXPOSED, (WSPCFG,)),
    Row("1_wspcfg_none", ON, NO_SECTION, PROTECTED, (WSPCFG,)),
    Row("0_wspcfg_none", OFF, NO_SECTION, EXPOSED, (MSPCLNT, WSPCFG)),
    Row("none_wspcfg_none", NO_SECTION, NO_SECTION, EXPOSED, (MSPCLNT, WSPCFG)),
)


def judged(row: Row) -> Verdict:
    wspcfg = None if isinstance(row.wspcfg, bool) else said(WSPCFG, row.wspcfg)
    return judge(evidence(said(MSPCLNT, row.mspclnt), wspcfg))


rows = pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])


@rows
def test_status_and_plan(row: Row) -> None:
    verdict = judged(row)
    assert verdict.status == row.status
    assert planned(verdict) == [entry.local for entry in row.plan]
    assert verdict.in_force == UNKNOWN


@rows
def test_each_step_is_the_stanza_of_the_article(row: Row) -> None:
    for step in judged(row).plan:
        assert (step.section, step.settings) == ("EMSMTA", (("Disable", 1),))
        assert step.reason


@rows
def test_a_wspcfg_without_the_section_may_hide_the_stanza(row: Row) -> None:
    verdict = judged(row)
    assert ("hidden_by_wspcfg" in codes(verdict)) is (row.wspcfg is None)
    if row.wspcfg is None:
        assert verdict.certainty == INFERRED
        risk = risk_of(verdict, "hidden_by_wspcfg")
        assert (risk.source, risk.certainty, risk.mitigated) == ("CAT8", INFERRED, False)
        assert WSPCFG.windows in risk.message


@rows
def test_a_refresh_overwrites_mspclnt_but_never_wspcfg(row: Row) -> None:
    risk = risk_of(judged(row), "overwritten_on_refresh")
    assert (risk.source, risk.certainty, risk.mitigated) == ("Q193928", INFERRED, row.wspcfg == ON)


@rows
def test_that_wspcfg_comes_first_is_inferred_where_it_decides_alone(row: Row) -> None:
    """The order is printed for Proxy Server 1.0 and ISA Server (CAT8, KB Q323457), and not for 2.0."""
    verdict = judged(row)
    differ = row.wspcfg not in (False, None) and (row.wspcfg == ON) is not (row.mspclnt == ON)
    (*_others, last) = verdict.reasons
    assert (last.code == "wspcfg_first") is differ
    if differ:
        assert (last.source, last.certainty, verdict.certainty) == ("CAT8", INFERRED, INFERRED)
    elif row.wspcfg is not None:
        assert verdict.certainty == DOCUMENTED


@rows
def test_the_plan_protects_by_either_order_of_reading(row: Row) -> None:
    """One file only, or Wspcfg.ini first and Mspclnt.ini then: each must find Disable=1."""
    edited = set(planned(judged(row)))
    mspclnt = row.mspclnt == ON or MSPCLNT.local in edited
    if row.wspcfg is False:
        assert mspclnt
    else:
        assert row.wspcfg == ON or WSPCFG.local in edited


@pytest.mark.parametrize("value", [b"", b"0", b"2", b"01", b"1 ;", b"yes", b"\xff", b'"1', b"1\x00"])
def test_only_1_protects(value: bytes) -> None:
    verdict = judge(evidence(disable(MSPCLNT, value)))
    assert (verdict.status, planned(verdict)) == (EXPOSED, [MSPCLNT.local])
    assert judge(evidence(disable(MSPCLNT, b"1"), disable(WSPCFG, value))).status == EXPOSED


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (without(MSPCLNT), "nothing"),
        (stanza(MSPCLNT), "nothing"),
        (disable(MSPCLNT, b""), "''"),
        (disable(MSPCLNT, b"0"), "'0'"),
        (disable(MSPCLNT, b"\xe9\x1b[2J"), "'\\xe9\\x1b[2J'"),
    ],
    ids=["no_section", "no_key", "empty", "0", "odd_bytes"],
)
def test_the_first_reason_says_what_windows_reads(found: FoundStanza, text: str) -> None:
    reason = judge(evidence(found)).reasons[0]
    assert reason.message == f"Windows reads {text} as Disable in section EMSMTA of {MSPCLNT.windows}"
    assert (reason.code, reason.source, reason.certainty) == ("stanza", "Q254909", DOCUMENTED)


def test_the_first_reason_names_the_file_that_decides() -> None:
    assert WSPCFG.windows in judge(evidence(disable(MSPCLNT, b"0"), disable(WSPCFG, b"1"))).reasons[0].message
    assert MSPCLNT.windows in judge(evidence(disable(MSPCLNT, b"0"), without(WSPCFG))).reasons[0].message


@pytest.mark.parametrize("which", ["mspclnt", "wspcfg"])
def test_where_readers_differ_the_verdict_is_inferred(which: str) -> None:
    doubts = {which: "Wine would read it in another way"}
    verdict = judge(
        evidence(
            stanza(MSPCLNT, (b"Disable", b"1"), doubt=doubts.get("mspclnt")),
            stanza(WSPCFG, (b"Disable", b"1"), doubt=doubts.get("wspcfg")),
        )
    )
    assert (verdict.status, verdict.certainty) == (PROTECTED, INFERRED)
    assert [reason.message for reason in verdict.reasons if reason.code == "readers_differ"] == [doubts[which]]


@pytest.mark.parametrize("lines", [OFF, ON], ids=["disable_0", "disable_1"])
@pytest.mark.parametrize("remark", [True, False])
def test_the_remark_of_isa_is_advice_and_stops_no_plan(remark: bool, lines: tuple[tuple[bytes, bytes], ...]) -> None:
    verdict = judge(evidence(said(MSPCLNT, lines), details=PROXY_2_0._replace(says_do_not_edit=remark)))
    codes = ["restart_mta"] + ["isa_management"] * remark + ["leave_out", "remote_events"] * (lines != ON)
    assert [advice.code for advice in verdict.advice] == codes
    assert planned(verdict) == ([] if lines == ON else [MSPCLNT.local])
    # KB Q254909 names the WinSock Proxy Client, and no Firewall Client.
    assert verdict.certainty == (INFERRED if remark else DOCUMENTED)
    assert ("client_not_named" in [reason.code for reason in verdict.reasons]) is remark


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("yes", None),
        ("no", "client_switched_off"),
        ("unknown", "client_switch_unknown"),
        (None, "client_switch_unknown"),
    ],
)
@pytest.mark.parametrize("lines", [OFF, ON], ids=["disable_0", "disable_1"])
def test_a_switch_that_is_not_on_for_sure_makes_it_inferred(
    told: str | None, reason: str | None, lines: tuple[tuple[bytes, bytes], ...]
) -> None:
    """A client that is off is judged as if it were on."""
    facts = () if told is None else (Fact("switched_on", told, "the Winsock catalog"),)
    verdict = judge(evidence(said(MSPCLNT, lines))._replace(client_facts=facts))
    assert verdict.status == (PROTECTED if lines == ON else EXPOSED)
    assert verdict.certainty == (INFERRED if reason else DOCUMENTED)
    assert [each.code for each in verdict.reasons[3:]] == ([reason] if reason else [])


def test_a_disabled_service_has_no_article() -> None:
    verdict = judge(evidence(disable(MSPCLNT, b"1"))._replace(disabled_service=True))
    reason = verdict.reasons[-1]
    assert (reason.code, reason.source, reason.certainty) == ("mta_disabled", "", INFERRED)
    assert verdict.certainty == DOCUMENTED


def test_the_plan_names_who_prints_the_order_of_the_files() -> None:
    steps = judge(evidence(disable(MSPCLNT, b"0"), without(WSPCFG))).plan
    assert ["Q323457" in step.reason and "inferred for Proxy 2.0" in step.reason for step in steps] == [True, True]
    assert ["CAT8" in step.reason for step in steps] == [False, True]


def test_messages_quote_no_file_without_end() -> None:
    long = b"x" * 60000
    lines = ((b"Disable", long), *((long, b"") for _number in range(20)))
    verdict = judge(evidence(stanza(MSPCLNT, *lines), details=PROXY_2_0._replace(master=long)))
    messages = [reason.message for reason in verdict.reasons] + [risk.message for risk in verdict.risks]
    assert max(map(len, messages)) < 4000
    assert sum("... (60000 characters)" in message for message in messages) == 3
