# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    INFERRED,
    INSTALLED,
    UNKNOWN,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.gather import gather
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.look import Hints
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import SIZE_LIMIT
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import (
    EXPOSED,
    NOT_APPLICABLE,
    PROTECTED,
    judge,
)

from tests.cases.case import FIX
from tests.unit.detect_servers import (
    CLIENT,
    MSPCLNT,
    MTA,
    NO_MTA,
    NOTHING_POINTS,
    POINTS,
    SERVER,
    STORE,
    SYSTEM_INI,
    UTF_16,
    Files,
    look,
)
from tests.unit.drive_trees import build

# The files themselves


UNREADABLE = {
    "utf_16": (UTF_16, "it is saved as Unicode (UTF-16, with a byte order mark)"),
    "utf_16_be": (b"\xfe\xff" + MSPCLNT.decode("ascii").encode("utf-16-be"), "saved as Unicode"),
    "utf_16_without_mark": (UTF_16[2:], "it looks like Unicode"),
    "nul": (MSPCLNT + b"\0", "it holds a NUL byte at offset"),
    "binary": (bytes(range(256)), "it holds a NUL byte at offset 0"),
    "large": (b" " * (SIZE_LIMIT + 1), f"it has {SIZE_LIMIT + 1} bytes, more than {SIZE_LIMIT}"),
}


@pytest.mark.parametrize("name", ["C/mspclnt/MSPCLNT.INI", "C/exchsrvr/BIN/wspcfg.INI"])
@pytest.mark.parametrize(("data", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_profile_is_never_judged(name: str, data: bytes, words: str, tmp_path: Path) -> None:
    evidence = look(tmp_path, {**SERVER, name: data})
    (gap,) = evidence.deciding_not_read
    assert gap.what == name.replace("C/", "C:/").replace("/", "\\")
    assert words in gap.reason
    assert judge(evidence).status == UNKNOWN
    assert judge(evidence).plan == ()


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def make_link_outside(path: Path) -> None:
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("make", [make_folder, make_pipe, make_dangling_link, make_link_outside])
@pytest.mark.parametrize(
    "name", ["C/WINNT/SYSTEM.INI", "C/mspclnt/MSPCLNT.INI", "C/exchsrvr/BIN/emsmta.exe", "C/exchsrvr/BIN/WSPCFG.INI"]
)
def test_what_is_no_file_is_never_judged(name: str, make: Callable[[Path], None], tmp_path: Path) -> None:
    build(tmp_path, {**SERVER, "C/exchsrvr/BIN/store.exe": b""})
    (tmp_path / name).unlink(missing_ok=True)
    make(tmp_path / name)
    evidence = gather(DriveFiles({"C": str(tmp_path / "C")}), Hints())
    assert judge(evidence).status == UNKNOWN
    assert evidence.not_read


class Stanza(NamedTuple):
    """The bytes of Mspclnt.ini and Wspcfg.ini, and the judgement."""

    name: str
    mspclnt: bytes
    wspcfg: bytes | None
    status: str
    section_found: bool
    value: bytes | None
    doubt: bool = False


STANZAS = (
    Stanza("as_installed", MSPCLNT, None, EXPOSED, False, None),
    Stanza("fixed", MSPCLNT + FIX, None, PROTECTED, True, b"1"),
    Stanza("odd_spelling", MSPCLNT + b"[ emsmta ]\n\t disable = '1' \n", None, PROTECTED, True, b"1"),
    Stanza("disable_0", MSPCLNT + b"[EMSMTA]\r\nDisable=0\r\n", None, EXPOSED, True, b"0"),
    Stanza("first_section_counts", MSPCLNT + b"[EMSMTA]\r\n" + FIX, None, EXPOSED, True, None),
    Stanza("first_key_counts", MSPCLNT + FIX + b"Disable=0\r\n", None, PROTECTED, True, b"1"),
    Stanza("commented", MSPCLNT + b"[EMSMTA]\r\n;Disable=1\r\n", None, EXPOSED, True, None),
    Stanza("comment_behind", MSPCLNT + b"[EMSMTA]\r\nDisable=1 ; off\r\n", None, EXPOSED, True, b"1 ; off"),
    Stanza("empty_file", b"", None, EXPOSED, False, None),
    Stanza("other_bytes", bytes(range(1, 256)), None, EXPOSED, False, None),
    Stanza("no_break_space", MSPCLNT + b"[EMSMTA]\r\nDisable=1\xa0\r\n", None, EXPOSED, True, b"1\xa0", True),
    Stanza("marked", b"\xef\xbb\xbf" + FIX, None, EXPOSED, False, None, True),
    Stanza("wspcfg_of_store", MSPCLNT + FIX, STORE, PROTECTED, True, b"1"),
    Stanza("wspcfg_fixed", MSPCLNT, STORE + FIX, PROTECTED, False, None),
    Stanza("wspcfg_0", MSPCLNT + FIX, b"[EMSMTA]\r\nDisable=0", EXPOSED, True, b"1"),
    Stanza("wspcfg_empty_section", MSPCLNT + FIX, b"[EMSMTA]\r\n", EXPOSED, True, b"1"),
)


@pytest.mark.parametrize("row", STANZAS, ids=[row.name for row in STANZAS])
def test_what_windows_reads(row: Stanza, tmp_path: Path) -> None:
    files = {**SERVER, "C/mspclnt/MSPCLNT.INI": row.mspclnt}
    evidence = look(tmp_path, files if row.wspcfg is None else {**files, "C/exchsrvr/BIN/WSPCFG.INI": row.wspcfg})
    found = evidence.mspclnt
    assert found is not None
    assert (found.present, found.value, bool(found.doubt)) == (row.section_found, row.value, row.doubt)
    assert judge(evidence).status == row.status


def test_where_readers_differ_on_the_section_itself_there_is_doubt(tmp_path: Path) -> None:
    """Whether a Wspcfg.ini has the section decides which file counts."""
    evidence = look(tmp_path, {**SERVER, "C/exchsrvr/BIN/wspcfg.ini": b"[EMSMTA\r\n"})
    assert evidence.wspcfg is not None
    assert evidence.wspcfg.present
    assert evidence.wspcfg.doubt
    assert "readers_differ" in [reason.code for reason in judge(evidence).reasons]


def test_the_real_file_is_read_in_full(tmp_path: Path) -> None:
    details = look(tmp_path, SERVER).client_details
    assert details is not None
    assert details.build == b"2.0.400.12"
    assert details.master == b"\\\\PROXY-09\\mspclnt\\"
    assert details.refresh_hours == b"6"
    assert details.servers == (b"PROXY",)
    assert details.has_master_config
    assert not details.has_wsp_client_section
    assert not details.says_do_not_edit


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"; This file should not be edited.\r\n; Changes to ...\r\n", True),
        (b"\r\n" * 8 + b";THIS FILE SHOULD NOT BE EDITED.\r\n", True),
        (b"x=1\r\n" * 20 + b"; This file should not be edited.\r\n", False),
        (b"", False),
    ],
)
def test_the_remark_of_isa(text: bytes, found: bool, tmp_path: Path) -> None:
    details = look(tmp_path, {**SERVER, "C/mspclnt/MSPCLNT.INI": text + MSPCLNT}).client_details
    assert details is not None
    assert details.says_do_not_edit is found


@pytest.mark.parametrize("name", ["Wspcfg.ini", "WSPCFG.INI", "wspcfg.ini"])
def test_a_wspcfg_counts_beside_the_program_only(name: str, tmp_path: Path) -> None:
    elsewhere = {f"C/mspclnt/{name}": FIX, f"C/exchsrvr/{name}": FIX, f"C/exchsrvr/CONNECT/MSEXCIMC/BIN/{name}": FIX}
    assert look(tmp_path, {**SERVER, **elsewhere}).wspcfg_entry is None
    entry = look(tmp_path, {**SERVER, f"C/exchsrvr/BIN/{name}": FIX}).wspcfg_entry
    assert entry is not None
    assert entry.windows == f"C:\\exchsrvr\\BIN\\{name}"


def test_two_wspcfgs_that_differ_in_case_are_unknown(tmp_path: Path) -> None:
    evidence = look(tmp_path, {**SERVER, "C/exchsrvr/BIN/wspcfg.ini": FIX, "C/exchsrvr/BIN/WSPCFG.INI": FIX})
    assert [gap.what for gap in evidence.deciding_not_read] == ["Wspcfg.ini"]
    assert judge(evidence).status == UNKNOWN


# One surely absent part decides


@pytest.mark.parametrize(
    ("files", "complete", "status"),
    [
        (NO_MTA, True, NOT_APPLICABLE),
        ({**MTA, **NOTHING_POINTS}, False, NOT_APPLICABLE),
        (NOTHING_POINTS, False, NOT_APPLICABLE),
        ({"C/x": b""}, True, NOT_APPLICABLE),
        ({"C/x": b"", "C/WINNT/SYSTEM.INI": UTF_16}, True, NOT_APPLICABLE),
        ({**SYSTEM_INI}, True, NOT_APPLICABLE),
        ({"C/x": b""}, False, UNKNOWN),
        (MTA, True, UNKNOWN),
        (CLIENT, False, UNKNOWN),
    ],
)
def test_one_surely_absent_part_decides(files: Files, complete: bool, status: str, tmp_path: Path) -> None:
    verdict = judge(look(tmp_path, files, drives_complete=complete))
    assert verdict.status == status
    if status == NOT_APPLICABLE:
        assert verdict.certainty == INFERRED


# Cost


LARGE = SIZE_LIMIT // 4
HOSTILE = {
    "headers": b"[EMSMTA\n",
    "sections": b"[EMSMTA]\n",
    "names_in_values": b"x=EMSMTA\n",
    "keys": b"=\n",
    "line_ends": b"\n",
    "one_value": b"1",
    "brackets": b"[",
    "blanks": b" ",
    "quotes": b'"',
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_no_file_takes_long(data: bytes, tmp_path: Path) -> None:
    """A look at each line once takes a second; one at each pair of lines, hours."""
    large = b"[EMSMTA]\nDisable=" + data * (LARGE // len(data))
    files = {**SERVER, "C/WINNT/SYSTEM.INI": POINTS + large}
    start = time.process_time()
    evidence = look(tmp_path, {**files, "C/mspclnt/MSPCLNT.INI": large, "C/exchsrvr/BIN/Wspcfg.ini": large})
    judge(evidence)
    assert time.process_time() - start < 30
    assert evidence.client.state == INSTALLED
