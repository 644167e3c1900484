# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import OptionError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_from,
    look_request_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import (
    Entry,
    Files,
    ReadPart,
    Search,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import gated
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cases.case import FIX
from tests.cases.samples import sample
from tests.lab.programs import MTA_PROGRAM
from tests.lab.servers import FILES_ONLY
from tests.unit.drive_trees import build, outside, state_of, watched
from tests.unit.inform_contract import check_judgement, check_shape, each_text

T = TypeVar("T")
MSPCLNT = sample("Q231878.mspclnt.ini")
POINTS = sample("Q231878.system.ini")
LAST = MSPCLNT.count(b"\n")
EDIT = [
    {"line": LAST + 1, "before": None, "after": "[EMSMTA]"},
    {"line": LAST + 2, "before": None, "after": "Disable=1"},
]
SERVER = {
    "C/WINNT/SYSTEM.INI": POINTS,
    "C/mspclnt/MSPCLNT.INI": MSPCLNT,
    "C/exchsrvr/BIN/emsmta.exe": MTA_PROGRAM,
}
READ_FOR_ALL = "the client reads this file for programs without a Wspcfg.ini (KB Q323457; inferred for Proxy 2.0)"


def ask(folder: Path, files: Mapping[str, bytes], check: bool = False, **options: Any) -> dict[str, Any]:
    build(folder, files)
    return ask_of(folder, check, **options)


def ask_of(folder: Path, check: bool = False, **options: Any) -> dict[str, Any]:
    drives = {entry.name: str(entry) for entry in folder.iterdir()}
    request = look_request_from({**FILES_ONLY, "drives": drives, **options})
    return gated(inform(DriveFiles(request.drives), request, check))


@pytest.mark.parametrize("check", [False, True])
def test_an_exposed_server(check: bool, tmp_path: Path) -> None:
    result = ask(tmp_path, SERVER, check)
    check_shape(result)
    assert (result["status"], result["check_mode"]) == ("exposed", check)
    assert result["plan"] == [
        {
            "path": "C:\\mspclnt\\MSPCLNT.INI",
            "local": f"{tmp_path}/C/mspclnt/MSPCLNT.INI",
            "section": "EMSMTA",
            "settings": {"Disable": 1},
            "reason": READ_FOR_ALL,
            "edit": EDIT,
        }
    ]
    assert result["paths"] == {
        "mspclnt": {"windows": "C:\\mspclnt\\MSPCLNT.INI", "local": f"{tmp_path}/C/mspclnt/MSPCLNT.INI"},
        "system_ini": {"windows": "C:\\WINNT\\SYSTEM.INI", "local": f"{tmp_path}/C/WINNT/SYSTEM.INI"},
        "emsmta": {"windows": "C:\\exchsrvr\\BIN\\emsmta.exe", "local": f"{tmp_path}/C/exchsrvr/BIN/emsmta.exe"},
        "wspcfg": None,
    }
    path = "C:\\mspclnt\\MSPCLNT.INI"
    assert result["evidence"]["client"]["facts"] == {
        "generation": {"value": "2.0", "from": f"{path} [Internal] Build"},
        "build": {"value": "2.0.400.12", "from": f"{path} [Internal] Build"},
        "master": {"value": "\\\\PROXY-09\\mspclnt\\", "from": f"{path} [Master Config] Path1"},
        "refresh_hours": {"value": "6", "from": f"{path} [Common] Configuration Refresh Time (Hours)"},
        "proxy_servers": {"value": ["PROXY"], "from": f"{path} [Servers Ip Addresses]"},
    }


def test_a_protected_server_with_a_wspcfg(tmp_path: Path) -> None:
    wspcfg = b"[STORE]\r\nPersistent=1\r\n[EMSMTA]\r\n\r\nDISABLE = '1'\r\nX=y\xe9\r\n"
    result = ask(tmp_path, {**SERVER, "C/exchsrvr/BIN/WSPCFG.INI": wspcfg})
    check_shape(result)
    assert (result["status"], result["plan"]) == ("protected", [])
    assert result["evidence"]["stanzas"][1] == {
        "path": "C:\\exchsrvr\\BIN\\WSPCFG.INI",
        "local": f"{tmp_path}/C/exchsrvr/BIN/WSPCFG.INI",
        "section_found": True,
        "disable": "1",
        "entries": [{"key": "DISABLE", "value": "1", "line": 5}, {"key": "X", "value": "y\\xe9", "line": 6}],
    }


@pytest.mark.parametrize(
    ("files", "status", "paths"),
    [
        ({"C/x": b""}, "unknown", set()),
        ({"C/WINNT/SYSTEM.INI": b""}, "not_applicable", {"system_ini"}),
        ({"C/WINNT/SYSTEM.INI": POINTS}, "unknown", {"system_ini"}),
        ({**SERVER, "C/mspclnt/MSPCLNT.INI": b"\0"}, "unknown", {"system_ini", "mspclnt", "emsmta"}),
        ({**SERVER, "C/exchsrvr/BIN/Wspcfg.ini": b"\0"}, "unknown", {"system_ini", "mspclnt", "emsmta", "wspcfg"}),
    ],
)
def test_paths_are_told_as_far_as_they_are_known(
    files: Mapping[str, bytes], status: str, paths: set[str], tmp_path: Path
) -> None:
    result = ask(tmp_path, files)
    check_shape(result)
    check_judgement(result)
    assert result["status"] == status
    assert {name for name, path in result["paths"].items() if path} == paths


class AdminShare(Files):
    """A server that does not tell the name of its system folder."""

    def drives(self) -> list[str]:
        return ["C"]

    def system_root(self) -> str:
        return "\\\\EX01\\ADMIN$"

    def find(self, path: str) -> Entry | None:
        return Entry("%SystemRoot%\\System.ini", path, False) if "ADMIN$" in path else None

    def read(self, entry: Entry) -> bytes:
        return b""

    def names(self, folder: str, ending: str) -> Sequence[str]:
        return ()

    def consult(self, entry: Entry, use: Callable[[ReadPart], T]) -> T:
        return use(lambda _offset, _count: b"")

    def search(self, name: str) -> Search:
        return Search((), f"{name} is not searched for")


def test_a_system_folder_without_a_name_is_null() -> None:
    result = inform(AdminShare(), look_request_over_smb(FILES_ONLY), False)
    check_shape(result)
    assert result["paths"]["system_ini"] == {"windows": None, "local": "\\\\EX01\\ADMIN$\\System.ini"}


# Bytes and names of any kind


HOSTILE = b"".join(bytes([byte]) for byte in range(1, 256) if byte not in b"\r\n\x1a=[]")


@pytest.mark.parametrize("name", ["C/WINNT/SYSTEM.INI", "C/mspclnt/MSPCLNT.INI", "C/exchsrvr/BIN/WSPCFG.INI"])
@pytest.mark.parametrize(
    "text",
    [
        b"[EMSMTA]\r\nDisable=%s\r\n%s=%s\r\n",
        b"[Internal]\r\nBuild=%s\r\n[%s]\r\n%s\r\n",
        b"[Master Config]\r\nPath1=%s\r\n[Servers Ip Addresses]\r\n%s=%s\r\n",
        b"[Microsoft Proxy Service]\r\nIni File Path=%s\r\n[Common]\r\n%s=%s\r\n",
    ],
)
def test_any_byte_in_any_place(name: str, text: bytes, tmp_path: Path) -> None:
    result = ask(tmp_path, {**SERVER, name: text % (HOSTILE, HOSTILE, HOSTILE)})
    check_shape(result)
    check_judgement(result)
    told = "".join(each_text({**result, "paths": {}}))
    assert told.isascii()
    assert told.replace("\t", "").isprintable()


@pytest.mark.parametrize(
    "name", [b"Na\xefve", b"\xff\xfe", b"\xed\xa0\x80", b"new\nline", b"\x1b[2J", "Gerät".encode()]
)
@pytest.mark.parametrize("complete", [False, True])
def test_any_name_on_a_drive(name: bytes, complete: bool, tmp_path: Path) -> None:
    build(tmp_path, {"C/WINNT/SYSTEM.INI": POINTS})
    odd = os.fsencode(tmp_path) + b"/C/" + name
    os.mkdir(odd)
    Path(os.fsdecode(odd), "EMSMTA.EXE").write_bytes(MTA_PROGRAM)
    os.symlink(b"/" + name, os.fsencode(tmp_path) + b"/C/mspclnt")
    result = ask_of(tmp_path, drives_complete=complete)
    check_shape(result)
    assert result["status"] == "unknown"


# What could be a Windows path; all else is refused before anything is looked at.
LOOKED_UP = ("", "C:\\", "\\\\x", "C:\\*")


@pytest.mark.parametrize("option", ["system_root", "exchange_bin"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "\\",
        "/",
        "C:",
        "C:\\",
        "C:/..",
        "\\\\x",
        "\0",
        "C:\\\0",
        "\ud800",
        "C:\\\udcff",
        "x" * 100000,
        "~",
        "C:\\*",
    ],
    ids=lambda value: repr(value[:10]),
)
def test_any_text_as_an_option(option: str, value: str, tmp_path: Path) -> None:
    build(tmp_path, SERVER)
    if value not in LOOKED_UP:
        with pytest.raises(OptionError) as caught:
            ask_of(tmp_path, False, **{option: value})
        assert str(caught.value).startswith(f"{option}: ")
        assert str(caught.value).encode("utf-8").decode().isprintable()
        assert len(str(caught.value)) < 600
        return
    result = ask_of(tmp_path, False, **{option: value})
    assert result["status"] == ("exposed" if value == "" else "unknown")
    json.dumps(result).encode("utf-8")
    assert all(text.encode("utf-8") is not None for text in each_text(result))


# Nothing is changed, and nothing outside of the drives is touched


@pytest.mark.parametrize("complete", [False, True])
def test_nothing_is_written_nor_opened_outside(complete: bool, tmp_path: Path) -> None:
    drives = tmp_path / "drives"
    build(drives, SERVER if not complete else {"C/WINNT/SYSTEM.INI": POINTS, "D/x": b""})
    (tmp_path / "outside").mkdir()
    (drives / "C" / "exchsrvr").mkdir(exist_ok=True)
    (drives / "C" / "exchsrvr" / "link").symlink_to(tmp_path / "outside")
    (drives / "C" / "WINDOWS").symlink_to(tmp_path / "outside")
    before = state_of(tmp_path)
    with watched() as opened:
        check_shape(ask_of(drives, drives_complete=complete))
    assert state_of(tmp_path) == before
    assert opened
    assert outside(opened, drives) == []


LINES = st.sampled_from(
    [
        b"[EMSMTA]",
        b"[emsmta",
        b"[ EMSMTA ] x",
        b"Disable=1",
        b" disable = '1'",
        b"Disable=0",
        b"ServerBindTcpPorts=102",
        b"[Microsoft Proxy Service]",
        b"Ini File Path=C:\\Mspclnt\\Mspclnt.ini",
        b"Ini File Path=D:\\x",
        b"[Master Config]",
        b"Path1=\\\\P\\x",
        b"[Wsp client]",
        b"\xef\xbb\xbf",
        b"\x1a",
    ]
)
TEXTS = st.builds(bytes.join, st.sampled_from([b"\r\n", b"\n", b"\r"]), st.lists(LINES, max_size=5)) | st.binary(
    max_size=50
)
NAMES = st.sampled_from(
    [
        f"{letter}/{name}"
        for letter in "CD"
        for name in (
            "WINNT/System.ini",
            "winnt/SYSTEM.INI",
            "WINDOWS/System.ini",
            "Mspclnt/Mspclnt.ini",
            "MSPCLNT/mspclnt.ini",
            "Program Files/Microsoft Firewall Client/Mspclnt.ini",
            "Exchsrvr/Bin/EMSMTA.EXE",
            "EXCHSRVR/bin/emsmta.exe",
            "Exchsrvr/Bin/Wspcfg.ini",
            "x/EMSMTA.EXE",
        )
    ]
)
PLACES = st.sampled_from([None, "", "C:\\WINNT", "c:\\windows\\", "D:\\Exchsrvr\\Bin", "E:\\"])
TREES = st.dictionaries(NAMES, TEXTS, min_size=1, max_size=8)
LINKS = st.dictionaries(
    st.sampled_from(["C/WINNT", "C/Mspclnt", "C/Exchsrvr", "D/x", "C/Exchsrvr/Bin"]),
    st.sampled_from(["/", ".", "..", "nowhere", "../D", "../D/Exchsrvr", "Mspclnt", "WINNT"]),
    max_size=2,
)


def add_links(folder: Path, links: Mapping[str, str]) -> None:
    """Make links where there is room, and never through another link."""
    for link, target in links.items():
        path = folder.resolve() / link
        if path.parent.is_dir() and path.parent.resolve() == path.parent and not os.path.lexists(path):
            path.symlink_to(target)


@given(TREES, LINKS, PLACES, PLACES, st.booleans())
@example(dict(SERVER), {}, None, None, True)
@example({**SERVER, "C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX}, {}, None, None, False)
def test_any_server_gets_an_honest_answer(
    files: dict[str, bytes], links: dict[str, str], system_root: str | None, exchange_bin: str | None, complete: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder, {**files, "C/file": b"", "D/file": b""})
        add_links(folder, links)
        before = state_of(folder)
        with watched() as opened:
            result = ask_of(folder, system_root=system_root, exchange_bin=exchange_bin, drives_complete=complete)
        assert state_of(folder) == before
    check_shape(result)
    check_judgement(result)
    assert outside(opened, name) == []
