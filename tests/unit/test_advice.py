# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Advice and notes of a verdict: no claim goes beyond its source."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    DOCUMENTED,
    INFERRED,
    Evidence,
    Fact,
    Peers,
    Product,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.advice import Advice, Remark
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import judge, judge_master

from tests.unit.verdict_evidence import MSPCLNT, PROXY_2_0, disable, evidence

EXPOSED = evidence(disable(MSPCLNT, b"0"))
ISA = PROXY_2_0._replace(build=None, says_do_not_edit=True)
CALLS, CALLED = "RpcLtCcm.Dll", "RpcLtScm.Dll"


def advised(found: Evidence, code: str) -> Advice:
    (advice,) = [each for each in judge(found).advice if each.code == code]
    return advice


def on_system(**known: Any) -> Evidence:
    return EXPOSED._replace(system=EXPOSED.system._replace(**known))


def notes(found: Evidence, code: str) -> list[Remark]:
    return [note for note in judge(found).notes if note.code == code]


# The restart


@pytest.mark.parametrize("name", ["Exchange Server 5.5 SP4", "Exchange Server 4.0 SP2", None])
def test_the_commands_of_the_restart_are_printed_and_that_it_is_needed_is_inferred(name: str | None) -> None:
    product = None if name is None else Product(name, True, DOCUMENTED, "KB Q163294")
    advice = advised(EXPOSED._replace(product=product), "restart_mta")
    assert (advice.source, advice.certainty) == ("Q244035", INFERRED)
    for words in ("net stop msexchangemta", "net start msexchangemta", "start again those that were"):
        assert words in advice.message


@pytest.mark.parametrize(
    ("dependents", "says"),
    [
        ((), "by KB Q143380 MSExchangeIMC and MSExchangeDX, where they are, and perhaps others"),
        (("MSExchangeDX",), "MSExchangeDX, as the registry says, and perhaps others"),
    ],
)
def test_what_a_stop_takes_with_it_is_what_the_registry_says(dependents: tuple[str, ...], says: str) -> None:
    facts = (Fact("dependents", dependents, "HKLM"),) if dependents else ()
    assert f"depends on the MTA, {says}: note" in advised(EXPOSED._replace(mta_facts=facts), "restart_mta").message


@pytest.mark.parametrize("cluster", [True, None])
def test_the_restart_on_a_cluster_is_that_of_its_article(cluster: bool | None) -> None:
    advice = advised(on_system(cluster=cluster), "restart_mta")
    assert (advice.source, advice.certainty) == ("Q175568" if cluster else "Q244035", INFERRED)
    assert ("KB Q175568" in advice.message) is not cluster
    assert "Cluster Administrator" in advice.message


# Where to look for the fault


def test_events_prove_no_more_than_that_something_behind_the_proxy_called() -> None:
    advice = advised(EXPOSED, "remote_events")
    assert advice.certainty == INFERRED
    for words in (
        "X.400 over TCP/IP",
        "the proxy's address on the side of the remote MTA",
        "something behind the proxy called; more it does not show",
        "Site and Dynamic RAS connectors would show 9318, 9322",
        "5.5 SP2",
        "proves nothing",
    ):
        assert words in advice.message
    assert "It is this fault" not in advice.message


def test_peers_outside_have_two_other_cures_by_two_sources() -> None:
    found = EXPOSED._replace(peers=Peers(("192.0.2.1", "10.1.1.1"), ("192.0.2.1",)))
    table, alone = advised(found, "peers_outside"), advised(found, "local_address_table")
    assert (table.source, "192.0.2.1" in table.message, "Locallat" in table.message) == ("Q253253", True, False)
    assert (alone.source, alone.message.endswith("its address twice: 192.0.2.1 192.0.2.1.")) == ("CAT8", True)


def test_lines_for_peers_have_a_bound() -> None:
    peers = tuple(f"192.0.2.{number}" for number in range(200))
    message = advised(EXPOSED._replace(peers=Peers(peers, peers)), "local_address_table").message
    assert message.endswith("192.0.2.9 192.0.2.9 and 190 more.")


# What the documents of ISA Server print


def test_the_step_in_isa_management_is_inferred() -> None:
    server = judge(EXPOSED._replace(client_details=ISA)).advice
    master = judge_master(EXPOSED._replace(client_details=ISA)).advice
    for advice in (*server, *master):
        if advice.code == "isa_management":
            assert (advice.source, advice.certainty) == ("PQ", INFERRED)
    assert ["isa_management" in [each.code for each in advice] for advice in (server, master)] == [True, True]


def test_the_client_of_isa_2004_is_told_by_a_page() -> None:
    assert advised(EXPOSED._replace(newer_client="C:\\x"), "isa_2004_client").source == "cc302546"


@pytest.mark.parametrize(
    ("paths", "certainty"),
    [
        (("D:\\Exchsrvr\\Bin\\Wspcfg.ini.txt",), DOCUMENTED),
        (("C:\\Mspclnt\\MSPCLNT.INI.TXT",), INFERRED),
        (("D:\\Exchsrvr\\Bin\\WSPCFG.INI.txt", "C:\\Mspclnt\\Mspclnt.ini.txt"), INFERRED),
    ],
)
def test_only_of_wspcfg_it_is_printed_that_editors_add_txt(paths: tuple[str, ...], certainty: str) -> None:
    advice = advised(EXPOSED._replace(saved_as_text=paths), "saved_as_text")
    assert (advice.source, advice.certainty) == ("Q181420", certainty)


# Connectors


def test_a_component_that_setup_did_not_install_rules_nothing_out() -> None:
    (note,) = notes(EXPOSED._replace(no_x400=True), "no_x400_component")
    assert "KB Q174756" in note.message
    assert "only" not in note.message


@pytest.mark.parametrize(
    ("calls", "called", "pack", "says"),
    [
        (CALLS, CALLED, "Service Pack 6", "by RpcLtCcm.Dll, the DLL of Windows NT 4.0 itself"),
        (CALLS.lower(), None, None, "by rpcltccm.dll, the DLL of Windows NT 4.0 itself"),
        (
            CALLS,
            "rpclts13.dll",
            "Service Pack 6",
            "only where this server is called was it switched, to rpclts13.dll",
        ),
        ("rpcltc13.dll", "rpclts13.dll", "Service Pack 3", "only from Service Pack 4 on, and this is 3"),
        ("rpcltc13.dll", CALLED, "Service Pack 4", None),
        ("rpcltc13.dll", "rpclts13.dll", "Service Pack 6", None),
        ("rpcltc13.dll", "rpclts13.dll", None, None),
        ("rpcltc13.dll", "rpclts13.dll", "", None),
        (None, CALLED, "Service Pack 6", None),
        (None, None, None, None),
    ],
)
def test_rpc_is_judged_by_the_side_that_calls(
    calls: str | None, called: str | None, pack: str | None, says: str | None
) -> None:
    """A sending MTA is a client of RPC; KB Q186357 prints the switch of the other side."""
    found = notes(on_system(rpc_client=calls, rpc_server=called, service_pack=pack), "rpc_passes_winsock_by")
    assert [(note.source, note.certainty) for note in found] == ([("Q186357", INFERRED)] if says else [])
    assert all(str(says) in note.message and "when this MTA calls" in note.message for note in found)
