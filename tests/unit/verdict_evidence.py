# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence of a server where all is known for sure, but for what a test is about."""

from __future__ import annotations

from typing import Any

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    DOCUMENTED,
    INSTALLED,
    ClientDetails,
    Evidence,
    Fact,
    FoundStanza,
    Gap,
    Part,
    Product,
    System,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Entry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import Verdict
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.risks import Risk

MSPCLNT = Entry("C:\\Mspclnt\\Mspclnt.ini", "/c/mspclnt/mspclnt.ini", False)
WSPCFG = Entry("D:\\Exchsrvr\\Bin\\Wspcfg.ini", "/d/exchsrvr/bin/wspcfg.ini", False)
EMSMTA = Entry("D:\\Exchsrvr\\Bin\\EMSMTA.EXE", "/d/exchsrvr/bin/emsmta.exe", False)
UNREADABLE = Gap(WSPCFG.windows, "it holds a NUL byte")


def part(state: Any, certainty: Any = DOCUMENTED, entry: Entry | None = None) -> Part:
    return Part(state, certainty, f"it is {state}", "Q143380", entry if state == INSTALLED else None)


def stanza(entry: Entry, *lines: tuple[bytes, bytes], present: bool = True, doubt: str | None = None) -> FoundStanza:
    """Give a section EMSMTA with these keys."""
    value = next((value for key, value in lines if key.lower() == b"disable"), None)
    keys = tuple((key, value, number) for number, (key, value) in enumerate(lines, 2))
    return FoundStanza(entry, present, value, keys, doubt)


def disable(entry: Entry, value: bytes) -> FoundStanza:
    return stanza(entry, (b"Disable", value))


def without(entry: Entry) -> FoundStanza:
    return stanza(entry, present=False)


# What a file can say of the program: the section is not there, says nothing, 0, or 1.
NO_SECTION, EMPTY_SECTION, OFF, ON = None, (), ((b"Disable", b"0"),), ((b"Disable", b"1"),)


def said(entry: Entry, lines: tuple[tuple[bytes, bytes], ...] | None) -> FoundStanza:
    return without(entry) if lines is None else stanza(entry, *lines)


PROXY_2_0 = ClientDetails(
    build=b"2.0.400.12",
    master=b"\\\\PROXY-09\\mspclnt\\",
    master_section="Master Config",
    refresh_hours=b"6",
    servers=(b"PROXY-09",),
    has_wsp_client_section=False,
    has_master_config=True,
    says_do_not_edit=False,
)


SP4 = Product("Exchange Server 5.5 SP4", True, DOCUMENTED, "KB Q163294")
SWITCHED_ON = Fact("switched_on", "yes", "the Winsock catalog")
KNOWN = System(version="5.0", cluster=False, small_business=False, mappings_known=True)


def evidence(
    mspclnt: FoundStanza | None = None,
    wspcfg: FoundStanza | None = None,
    details: ClientDetails | None = PROXY_2_0,
    mta: Part | None = None,
    client: Part | None = None,
    unreadable: tuple[Gap, ...] = (),
) -> Evidence:
    """Give the evidence of a server where all is known for sure, but for what is given."""
    return Evidence(
        mta=mta or part(INSTALLED, entry=EMSMTA),
        client=client or part(INSTALLED, entry=MSPCLNT),
        system_ini=Entry("C:\\WINNT\\System.ini", "/c/winnt/system.ini", False),
        mspclnt=mspclnt,
        wspcfg=wspcfg,
        wspcfg_entry=wspcfg.entry if wspcfg else None,
        client_details=details,
        deciding_not_read=unreadable,
        not_read=unreadable,
        product=SP4,
        system=KNOWN,
        client_facts=(SWITCHED_ON,),
    )


def codes(verdict: Verdict) -> set[str]:
    return {risk.code for risk in verdict.risks}


def risk_of(verdict: Verdict, code: str) -> Risk:
    (found,) = [risk for risk in verdict.risks if risk.code == code]
    return found


def planned(verdict: Verdict) -> list[str]:
    return [step.entry.local for step in verdict.plan]
