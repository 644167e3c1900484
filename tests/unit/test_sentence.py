# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict of each sample server in one short sentence, which names no path."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    ABSENT,
    DOCUMENTED,
    INFERRED,
    INSTALLED,
    UNKNOWN,
    ClientDetails,
    Evidence,
    FoundStanza,
    Gap,
    Part,
    Product,
    System,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_from,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Entry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import judge, judge_master

from tests.lab.servers import Sample, samples

SAMPLES = {sample.name: sample for sample in samples()}
LONGEST = 200
PATH = re.compile(r"[A-Za-z]:[\\/]|\\\\|[\\/]mnt|%SystemRoot%")
OF_MSPCLNT = "as Disable in [EMSMTA] of Mspclnt.ini"
OF_WSPCFG = "as Disable in [EMSMTA] of Wspcfg.ini"
OF_MASTER = "as Disable in [EMSMTA] of the master copy of Mspclnt.ini"
REDIRECTED = "so the file does not tell what Windows reads"

# Each sentence and the sample servers, on visible drives, that get it.
SENTENCES: dict[str, str] = {
    f"exposed (documented): Windows reads nothing {OF_MSPCLNT}": (
        "ex01 ex05 ex23 ex24 ex27 ex28 ex29 ex30 ex31 ex32 ex33 ex34 ex44 ex45 ex46 ex50 "
        "ex54 ex55 ex58 ex59 ex60 ex86 ex87 ex88 ex93 ex101 ex102 ex105 ex113"
    ),
    f"protected (documented): Windows reads 1 {OF_MSPCLNT}": (
        "ex02 ex03 ex38 ex106 ex107 ex108 ex109 ex110 ex114 ex115 ex116 ex119"
    ),
    f"exposed (documented): Windows reads 0 {OF_MSPCLNT}": "ex04",
    "not_applicable (documented): there is no WinSock Proxy Client": ("ex06 ex22 ex75 ex76 ex77 ex94 ex111 ex112"),
    "not_applicable (inferred): there is no WinSock Proxy Client": "ex78 ex79",
    "not_applicable (documented): there is no Exchange MTA": "ex07 ex08",
    "not_applicable (inferred): the MTA is that of Exchange 2000 Server, outside of KB Q254909": "ex09",
    "not_applicable (inferred): the MTA is that of Exchange Server 2003, outside of KB Q254909": "ex10",
    f"exposed (inferred): Windows reads nothing {OF_MSPCLNT}": (
        "ex11 ex12 ex20 ex21 ex35 ex36 ex39 ex40 ex41 ex43 ex47 ex49 ex52 ex53 ex62 ex63 ex64 ex66 ex67 ex69 ex70 "
        "ex71 ex72 ex74 ex82 ex84 ex91 ex92 ex100 ex103"
    ),
    f"protected (inferred): Windows reads 1 {OF_WSPCFG}": "ex13 ex117",
    f"exposed (inferred): Windows reads 0 {OF_WSPCFG}": "ex14",
    "unknown (documented): Mspclnt.ini could not be read": "ex15 px07",
    "unknown (documented): the pointer in System.ini leads nowhere": "ex16 ex57",
    "unknown (documented): the pointer in System.ini cannot be followed": "ex17 ex42 ex90",
    "unknown (documented): client 1.0 has no sections for single programs": "ex18 ex19 ex48 ex104 px06",
    f"unknown (documented): the registry redirects reads of Mspclnt.ini, {REDIRECTED}": "ex25",
    "unknown (documented): the program of the MTA's service is not there": "ex26",
    f"protected (inferred): Windows reads 1 {OF_MSPCLNT}": "ex37 ex65 ex118",
    "unknown (documented): the service of the MTA names no path of EMSMTA.EXE": "ex51",
    "unknown (documented): the program of the MTA's service could not be looked at": "ex56",
    f"unknown (documented): the registry redirects reads of Wspcfg.ini, {REDIRECTED}": "ex61",
    f"exposed (documented): Windows reads nothing {OF_MASTER}": "px01 px04",
    f"exposed (inferred): Windows reads nothing {OF_MASTER}": "px03",
    "unknown (inferred): Mspclnt.ini could not be looked for": "ex68",
    "unknown (inferred): the Winsock catalog names wspwsp.dll, and Mspclnt.ini was not found": "ex73",
    "unknown (documented): the DLL of client 1.0 is there, and Mspclnt.ini was not found": "ex80",
    "unknown (documented): System.ini has the client's section without a pointer, and Mspclnt.ini was not found": (
        "ex81 ex83"
    ),
    "unknown (inferred): there are several Mspclnt.ini": "ex85",
    "unknown (documented): the pointer in System.ini leads nowhere, its bytes above 127 read as code page 1252": "ex89",
    f"protected (documented): Windows reads 1 {OF_MASTER}": "px02",
    "unknown (documented): there is no master copy of Mspclnt.ini at its path": "px05",
}


def judged(sample: Sample, folder: Path) -> dict[str, Any]:
    sample.furnish(folder)
    sample.add_hives(folder)
    drives = {letter: str(folder / letter) for letter in sample.drives}
    request = look_request_from({**sample.options, "drives": drives})
    files = DriveFiles(request.drives)
    return inform(files, request, False, lambda root: DriveRegistry(files, root))


def check_form(sentence: str, status: str, certainty: str) -> None:
    """It begins with status and certainty, has the bound of one line, and names no path."""
    assert sentence.startswith(f"{status} ({certainty}): ")
    assert len(sentence) <= LONGEST
    assert sentence.isprintable()
    assert not PATH.search(sentence)


def test_the_table_has_each_sample_server_once() -> None:
    names = [name for group in SENTENCES.values() for name in group.split()]
    assert sorted(names) == sorted(name.partition("-")[0] for name in SAMPLES)


@pytest.mark.parametrize(
    ("name", "sentence"), [(name, sentence) for sentence, group in SENTENCES.items() for name in group.split()]
)
def test_a_sample_server(name: str, sentence: str, tmp_path: Path) -> None:
    sample = next(sample for sample in SAMPLES.values() if sample.name.startswith(f"{name}-"))
    result = judged(sample, tmp_path)
    assert result["msg"] == sentence
    check_form(sentence, result["status"], result["certainty"])


MSPCLNT = Entry("C:\\Mspclnt\\MSPCLNT.INI", "/mnt/c/mspclnt/mspclnt.ini", False)
WSPCFG = Entry("D:\\Exchsrvr\\Bin\\WSPCFG.INI", "/mnt/d/exchsrvr/bin/wspcfg.ini", False)
MTA = Part(
    INSTALLED, DOCUMENTED, "C:\\x is there", "Q143380", Entry("D:\\Exchsrvr\\Bin\\EMSMTA.EXE", "/mnt/d/x", False)
)
CLIENT = Part(INSTALLED, DOCUMENTED, "C:\\x is there", "Q231878", MSPCLNT)
DETAILS = ClientDetails(b"2.0.372.12", None, "Master Config", None, (), False, True, False)
BOTH = Evidence(MTA, CLIENT, client_details=DETAILS, system=System(mappings_known=True))
NO_PART, NOT_KNOWN = Part(ABSENT, INFERRED, "C:\\x is not there", ""), Part(UNKNOWN, INFERRED, "C:\\x", "")


def reads(value: bytes | None, entry: Entry = MSPCLNT) -> FoundStanza:
    return FoundStanza(entry, value is not None, value, (), None)


READ = [
    (None, "nothing"),
    (b"", "an empty value"),
    (b"1", "1"),
    (b"yes", "'yes'"),
    (b"1 ; off", "'1 ; off'"),
    (b"\x1b[2J\xff", "'\\x1b[2J\\xff'"),
    (b"9" * 60000, "9" * 20 + "... (60000 characters)"),
    (b"\xff" * 60000, "'" + "\\xff" * 20 + "... (60000 characters)'"),
]


@pytest.mark.parametrize(("value", "told"), READ)
def test_what_windows_reads_in_mspclnt_ini(value: bytes | None, told: str) -> None:
    verdict = judge(BOTH._replace(mspclnt=reads(value)))
    assert verdict.sentence == f"{verdict.status} (inferred): Windows reads {told} {OF_MSPCLNT}"
    check_form(verdict.sentence, verdict.status, verdict.certainty)


@pytest.mark.parametrize(("value", "told"), READ[1:])
def test_what_windows_reads_in_wspcfg_ini(value: bytes, told: str) -> None:
    verdict = judge(BOTH._replace(mspclnt=reads(b"1"), wspcfg=reads(value, WSPCFG)))
    assert verdict.sentence == f"{verdict.status} (inferred): Windows reads {told} {OF_WSPCFG}"
    check_form(verdict.sentence, verdict.status, verdict.certainty)


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        (Evidence(NO_PART, CLIENT), "not_applicable (inferred): there is no Exchange MTA"),
        (Evidence(MTA, NO_PART), "not_applicable (inferred): there is no WinSock Proxy Client"),
        (
            Evidence(NO_PART, NO_PART),
            "not_applicable (inferred): there is no Exchange MTA and no WinSock Proxy Client",
        ),
        (
            Evidence(NOT_KNOWN, NOT_KNOWN),
            "unknown (inferred): whether the Exchange MTA is installed could not be told; whether the WinSock Proxy "
            "Client is installed could not be told",
        ),
        (
            Evidence(NOT_KNOWN._replace(brief="x" * 90), NOT_KNOWN._replace(brief="y" * 90)),
            f"unknown (inferred): {'x' * 90}; {'y' * 85}...",
        ),
        (
            BOTH._replace(product=Product("Exchange 2000 Server", False, INFERRED, "")),
            "not_applicable (inferred): the MTA is that of Exchange 2000 Server, outside of KB Q254909",
        ),
        (BOTH, "unknown (documented): Mspclnt.ini could not be read"),
        (
            BOTH._replace(wspcfg_entry=WSPCFG, deciding_not_read=(Gap(WSPCFG.windows, "x"), Gap(MSPCLNT.windows, "y"))),
            "unknown (documented): Wspcfg.ini and Mspclnt.ini could not be read",
        ),
        (
            BOTH._replace(deciding_not_read=(Gap("Wspcfg.ini", "x"),)),
            "unknown (documented): Wspcfg.ini could not be read",
        ),
    ],
)
def test_what_is_decided_without_a_stanza(evidence: Evidence, sentence: str) -> None:
    verdict = judge(evidence)
    assert verdict.sentence == sentence
    check_form(sentence, verdict.status, verdict.certainty)


@pytest.mark.parametrize(("value", "told"), READ)
def test_what_windows_reads_in_a_master_copy(value: bytes | None, told: str) -> None:
    verdict = judge_master(BOTH._replace(mspclnt=reads(value)))
    assert verdict.sentence == f"{verdict.status} (documented): Windows reads {told} {OF_MASTER}"
    check_form(verdict.sentence, verdict.status, "documented")
