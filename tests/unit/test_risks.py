# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Risks of a verdict: what may undo the fix, or what it may break."""

from __future__ import annotations

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    DOCUMENTED,
    INFERRED,
    UNKNOWN,
    FoundStanza,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import (
    EXPOSED,
    PROTECTED,
    judge,
    judge_master,
)

from tests.unit.verdict_evidence import (
    MSPCLNT,
    NO_SECTION,
    OFF,
    ON,
    PROXY_2_0,
    WSPCFG,
    codes,
    disable,
    evidence,
    planned,
    risk_of,
    said,
    stanza,
    without,
)


@pytest.mark.parametrize(
    ("master", "named", "server"),
    [
        (b"\\\\PROXY-09\\mspclnt\\", "\\\\PROXY-09\\mspclnt\\Mspclnt.ini", "PROXY-09"),
        (b"\\\\PROXY-09\\mspclnt", "\\\\PROXY-09\\mspclnt\\Mspclnt.ini", "PROXY-09"),
        (b"\\\\PROXY-09/mspclnt/", "\\\\PROXY-09/mspclnt\\Mspclnt.ini", "PROXY-09"),
        (b"\\\\B\xdcRO\\mspclnt\\", "\\\\B\\xdcRO\\mspclnt\\Mspclnt.ini", "B\\xdcRO"),
        (b"\x1b[2J\\", "\\x1b[2J\\Mspclnt.ini", "the proxy server"),
        (b"", "the proxy server's master copy", "the proxy server"),
        (None, "the proxy server's master copy", "the proxy server"),
    ],
)
def test_the_master_is_named(master: bytes | None, named: str, server: str) -> None:
    verdict = judge(evidence(disable(MSPCLNT, b"1"), details=PROXY_2_0._replace(master=master)))
    message = risk_of(verdict, "overwritten_on_refresh").message
    assert f"may be undone by {named} when" in message
    assert message.endswith(f"run the role's entry point master on {server}.")


@pytest.mark.parametrize(
    ("hours", "isa", "says"),
    [
        (
            b"6",
            False,
            "at 'Update Now' of the client and every 6 hours, unless",
        ),
        (b"2", True, "at 'Update Now' of the client and every 2 hours."),
        (None, False, "at 'Update Now' of the client, unless"),
        (b"six", False, "at 'Update Now' of the client, unless"),
    ],
)
def test_when_the_fix_is_undone(hours: bytes | None, isa: bool, says: str) -> None:
    details = PROXY_2_0._replace(refresh_hours=hours, says_do_not_edit=isa)
    risk = risk_of(judge(evidence(disable(MSPCLNT, b"1"), details=details)), "overwritten_on_refresh")
    message = risk.message
    assert says in message
    # Only of ISA Server it is printed that the file is replaced as a whole.
    assert (risk.source, risk.certainty) == (("Q323457", DOCUMENTED) if isa else ("Q193928", INFERRED))
    assert ("may be undone" in message) is not isa
    # What is written there is lost: ISA Management is where it lasts.
    assert ("entry point master" in message) is not isa


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ([b"ServerBindTcpPorts"], "ServerBindTcpPorts"),
        ([b"ServerBindTcpPorts", b"Persistent"], "ServerBindTcpPorts, Persistent"),
        ([b"Ren\xe9\x1b[2J"], "Ren\\xe9\\x1b[2J"),
        ([b"k%d" % number for number in range(1000)], "k0, k1, k2, k3, k4, k5, k6, k7, k8, k9 and 990 more"),
    ],
    ids=["one", "two", "odd_bytes", "many"],
)
@pytest.mark.parametrize("value", [b"0", b"1", None])
def test_other_keys_may_be_there_on_purpose(keys: list[bytes], named: str, value: bytes | None) -> None:
    lines = [(key, b"102") for key in keys] + ([] if value is None else [(b"DISABLE", value)])
    verdict = judge(evidence(stanza(MSPCLNT, *lines)))
    risk = risk_of(verdict, "proxied_on_purpose")
    assert (risk.source, risk.certainty, risk.mitigated) == ("Q263046", INFERRED, value == b"1")
    assert f"{MSPCLNT.windows} also holds {named}: " in risk.message
    assert verdict.status == (PROTECTED if value == b"1" else EXPOSED)


def test_both_files_may_proxy_on_purpose() -> None:
    mspclnt, wspcfg = (stanza(entry, (b"Persistent", b"1")) for entry in (MSPCLNT, WSPCFG))
    messages = [risk.message for risk in judge(evidence(mspclnt, wspcfg)).risks if risk.code == "proxied_on_purpose"]
    assert [MSPCLNT.windows in messages[0], WSPCFG.windows in messages[1]] == [True, True]


@pytest.mark.parametrize("key", [b"Disable", b"disable", b"DISABLE"])
def test_a_bare_disable_is_not_on_purpose(key: bytes) -> None:
    assert codes(judge(evidence(stanza(MSPCLNT, (key, b"0"), (b"dIsAbLe", b"1"))))) == {
        "overwritten_on_refresh",
        "proxied_by_default",
    }


@pytest.mark.parametrize("wspcfg", [None, disable(WSPCFG, b"1"), without(WSPCFG)], ids=["none", "1", "no_section"])
@pytest.mark.parametrize("lines", [NO_SECTION, OFF, ON], ids=["no_section", "disable_0", "disable_1"])
def test_client_1_0_has_no_sections_for_programs(
    lines: tuple[tuple[bytes, bytes], ...] | None, wspcfg: FoundStanza | None
) -> None:
    verdict = judge(evidence(said(MSPCLNT, lines), wspcfg, PROXY_2_0._replace(build=None, has_wsp_client_section=True)))
    assert (verdict.status, verdict.certainty, verdict.plan) == (UNKNOWN, DOCUMENTED, ())
    assert [reason.code for reason in verdict.reasons] == ["proxy_client_1_0"]
    risk = risk_of(verdict, "proxy_client_1_0")
    assert (risk.source, risk.certainty, risk.mitigated) == ("CAT8", DOCUMENTED, False)
    assert [advice.code for advice in verdict.advice] == ["client_1_0"]


@pytest.mark.parametrize(
    ("build", "master_config", "maybe_1_0"),
    [
        (None, True, True),
        (b"", True, True),
        (b"2.0.400.12", True, False),
        (None, False, False),
        (b"2.0.400.12", False, False),
    ],
)
def test_unsure_signs_of_client_1_0_are_a_risk(build: bytes | None, master_config: bool, maybe_1_0: bool) -> None:
    details = PROXY_2_0._replace(build=build, has_master_config=master_config)
    verdict = judge(evidence(disable(MSPCLNT, b"0"), details=details))
    assert (verdict.status, planned(verdict)) == (EXPOSED, [MSPCLNT.local])
    assert ("proxy_client_1_0" in codes(verdict)) is maybe_1_0
    assert verdict.certainty == (INFERRED if maybe_1_0 else DOCUMENTED)


@pytest.mark.parametrize("build", [b"2.0.400.12", b"2.0"])
def test_a_section_of_1_0_in_a_file_of_2_0_is_a_doubt_only(build: bytes) -> None:
    """An upgrade may have left it there; the DLL alone would tell."""
    details = PROXY_2_0._replace(build=build, has_wsp_client_section=True)
    verdict = judge(evidence(disable(MSPCLNT, b"0"), details=details))
    assert (verdict.status, verdict.certainty, planned(verdict)) == (EXPOSED, INFERRED, [MSPCLNT.local])
    assert "[Wsp client]" in risk_of(verdict, "proxy_client_1_0").message
    assert judge(evidence(disable(MSPCLNT, b"0"), details=details._replace(dll_1_0="wsock32.dll"))).status == UNKNOWN


@pytest.mark.parametrize("lines", [NO_SECTION, OFF, ON], ids=["no_section", "disable_0", "disable_1"])
def test_an_exposed_server_may_be_proxied_on_purpose_without_a_word_in_its_files(
    lines: tuple[tuple[bytes, bytes], ...] | None,
) -> None:
    verdict = judge(evidence(said(MSPCLNT, lines)))
    exposed = lines != ON
    assert ("proxied_by_default" in codes(verdict)) is exposed
    advice = [each for each in verdict.advice if each.code == "leave_out"]
    assert bool(advice) is exposed
    if exposed:
        risk = risk_of(verdict, "proxied_by_default")
        assert (risk.source, risk.certainty, risk.mitigated) == ("Q263046", INFERRED, False)
        assert "names the proxy's address" in risk.message
        assert "Disable=1 stops that mail" in risk.message
        assert all(word in advice[0].message for word in ("--limit", "group", "leave it out of the play"))


@pytest.mark.parametrize("value", [b"0", b"1"])
def test_a_master_copy_may_stop_the_mail_of_those_who_fetch_it(value: bytes) -> None:
    verdict = judge_master(evidence(disable(MSPCLNT, value)))
    exposed = value == b"0"
    assert ("proxied_by_default" in codes(verdict)) is exposed
    assert ("leave_out" in [advice.code for advice in verdict.advice]) is exposed


@pytest.mark.parametrize("services", [(), ("wspsrv",), ("wspsrv", "mspadmin")])
@pytest.mark.parametrize("value", [b"0", b"1"])
def test_a_proxy_server_on_the_same_computer_makes_it_inferred(services: tuple[str, ...], value: bytes) -> None:
    found = evidence(disable(MSPCLNT, value))
    verdict = judge(found._replace(system=found.system._replace(proxy_services=services)))
    assert verdict.certainty == (INFERRED if services else DOCUMENTED)
    assert ("proxy_on_this_server" in codes(verdict)) is bool(services)
    if services:
        risk = risk_of(verdict, "proxy_on_this_server")
        assert (risk.source, risk.certainty) == ("Q169548", INFERRED)
        assert f"services {' and '.join(services)}," in risk.message
