# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from unicodedata import normalize

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    SIZE_LIMIT,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Entry, Search
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.windows_path import (
    split_windows_path,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.drive_trees import INI, drive, found, refusal, watched, write

Form = Literal["NFC", "NFD"]
FORMS: tuple[Form, Form] = ("NFC", "NFD")

# Names


@pytest.mark.parametrize(
    "on_disk", ["Mspclnt/Mspclnt.ini", "MSPCLNT/MSPCLNT.INI", "mspclnt/mspclnt.ini", "mSPCLNT/MsP.iNi"]
)
@pytest.mark.parametrize("spell", [str, str.upper, str.lower, str.swapcase])
def test_names_are_blind_to_case(tmp_path: Path, on_disk: str, spell: Callable[[str], str]) -> None:
    file = write(tmp_path / on_disk)
    path = spell("C:\\" + on_disk.replace("/", "\\"))
    assert found(tmp_path, path) == Entry("C:\\" + on_disk.replace("/", "\\"), str(file), False)


@pytest.mark.parametrize(
    "path",
    [
        "c:\\mspclnt\\mspclnt.ini",
        "C:/Mspclnt/Mspclnt.ini",
        "C:\\\\Mspclnt\\\\Mspclnt.ini",
        "C:\\.\\Mspclnt\\.\\Mspclnt.ini",
        "C:\\Mspclnt\\Mspclnt.ini\\",
        "C:\\Mspclnt\\Mspclnt.ini.",
        "C:\\Mspclnt\\Mspclnt.ini ",
        "C:\\Mspclnt\\Mspclnt.ini . .",
        "C:\\Mspclnt.\\Mspclnt.ini",
    ],
)
def test_spellings_that_windows_reads_alike(folder: Path, path: str) -> None:
    assert found(folder, path) == Entry(INI, str(folder / "Mspclnt" / "Mspclnt.ini"), False)


@pytest.mark.parametrize("path", ["C:\\", "C:/", "c:\\.", "C:\\\\"])
def test_the_root_of_a_drive_is_a_folder(folder: Path, path: str) -> None:
    assert found(folder, path) == Entry("C:\\", str(folder), True)


@pytest.mark.parametrize(
    "path",
    [
        "C:\\Mspclnt\\other.ini",
        "C:\\other\\Mspclnt.ini",
        "C:\\Mspclnt\\Mspclnt.ini\\below",
        "C:\\" + "x" * 5000,
        "C:\\" + "x\\" * 50000,
        "C:\\Msp*",
        "C:\\Mspclnt\\Mspclnt.in?",
        "C:\\Mspclnt\\Mspclnt.ini:stream",
        "C:\\Mspclnt\\Mspclnt.ini\0",
        "C:\\\ud800",
        " C:\\ Mspclnt\\Mspclnt.ini".strip(),
    ],
    ids=lambda path: repr(path[:30]),
)
def test_what_is_not_there_is_none(folder: Path, path: str) -> None:
    assert drive(folder).find(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        "C",
        "C:",
        "C:Mspclnt",
        "Mspclnt.ini",
        "\\Mspclnt\\Mspclnt.ini",
        "/mnt/c/Mspclnt.ini",
        "%SystemRoot%\\System.ini",
        "1:\\Mspclnt.ini",
        "\xc4:\\Mspclnt.ini",
        "CC:\\Mspclnt.ini",
        " C:\\Mspclnt.ini",
        '"C:\\Mspclnt.ini',
    ],
)
def test_relative_paths_are_refused(folder: Path, path: str) -> None:
    assert refusal(folder, path) == f"{path}: this is not an absolute Windows path, such as C:\\Mspclnt\\Mspclnt.ini"


@pytest.mark.parametrize("path", ["\\\\EX01\\C$\\Mspclnt.ini", "//EX01/C$/Mspclnt.ini", "\\/EX01\\C$"])
def test_a_network_share_is_refused(folder: Path, path: str) -> None:
    assert refusal(folder, path).endswith("it lies on a network share, not on a drive of this server")


@pytest.mark.parametrize("path", ["\\\\?\\C:\\Mspclnt.ini", "\\\\.\\C:\\Mspclnt.ini", "//?/UNC/EX01/x"])
def test_a_path_of_devices_is_refused(folder: Path, path: str) -> None:
    assert refusal(folder, path).endswith("write it without the prefix, such as C:\\Mspclnt\\Mspclnt.ini")


@pytest.mark.parametrize(
    "path", ["C:\\..", "C:\\..\\outside\\Mspclnt.ini", "C:\\Mspclnt\\..\\Mspclnt\\Mspclnt.ini", "C:/Mspclnt/../../x"]
)
def test_a_path_upwards_is_refused(folder: Path, path: str) -> None:
    assert refusal(folder, path) == f"{path}: '..' in a path is not followed; write the path without it"


@pytest.mark.parametrize("name", ["...", "Mspclnt ", "Mspclnt..", "Mspclnt .", "Mspclnt. ", ". .", " ", ".. "])
@pytest.mark.parametrize("path", ["C:\\{}\\Mspclnt.ini", "C:\\Mspclnt\\{}\\Mspclnt.ini"])
def test_a_folder_with_a_doubtful_end_is_not_guessed(folder: Path, path: str, name: str) -> None:
    write(folder / name / "Mspclnt.ini")
    assert "ends in a blank or dot" in refusal(folder, path.format(name))


@pytest.mark.parametrize("name", ["...", ". .", " ", ".. ", " ."])
def test_a_last_name_of_dots_and_blanks_is_not_guessed(folder: Path, name: str) -> None:
    write(folder / name)
    assert "ends in a blank or dot" in refusal(folder, f"C:\\{name}")


def test_a_drive_that_was_not_given_is_refused(folder: Path) -> None:
    assert (
        refusal(folder, "D:\\Mspclnt.ini")
        == "D:\\Mspclnt.ini: drive D: was not given in 'drives': add it, with its folder"
    )


@pytest.mark.parametrize(
    ("first", "second"), [("Mspclnt", "MSPCLNT"), ("mspclnt", "Mspclnt"), ("M\xdcLLER", "m\xfcller")]
)
def test_two_names_that_differ_only_in_case(tmp_path: Path, first: str, second: str) -> None:
    for name in (first, second):
        write(tmp_path / name / "Mspclnt.ini")
    for path in (f"C:\\{first}\\Mspclnt.ini", f"C:\\{second}\\nothing", f"C:\\{first.lower()}"):
        text = refusal(tmp_path, path)
        assert f"{first!r}" in text
        assert f"{second!r}" in text
        assert text.endswith(f" in {tmp_path} differ only in case; Windows would not tell them apart: rename one")


def test_such_names_elsewhere_do_not_matter(folder: Path) -> None:
    for name in ("other", "OTHER"):
        write(folder / name)
    assert found(folder, INI).local


@pytest.mark.parametrize("path", ["C:\\PROGRA~1\\Mspclnt.ini", "C:\\MSPCLN~1.INI", "C:\\Mspclnt\\MSPCLN~1.INI"])
def test_a_short_name_is_not_guessed(folder: Path, path: str) -> None:
    write(folder / "Program Files" / "Mspclnt.ini")
    assert "may be the short (8.3) name of another one" in refusal(folder, path)


def test_a_name_with_a_tilde_may_be_there(folder: Path) -> None:
    write(folder / "PROGRA~1" / "a~b.ini")
    assert found(folder, "C:\\progra~1\\A~B.INI").windows == "C:\\PROGRA~1\\a~b.ini"


@pytest.mark.parametrize("form", FORMS)
def test_accents_are_found_in_either_form(tmp_path: Path, form: Form) -> None:
    name = normalize(form, "Exchsrvr M\xfcnchen \xc4\xc9")
    write(tmp_path / name / "Mspclnt.ini")
    for wanted in FORMS:
        path = "C:\\" + normalize(wanted, "exchsrvr m\xfcnchen \xe4\xe9") + "\\Mspclnt.ini"
        assert found(tmp_path, path).local == f"{tmp_path}/{name}/Mspclnt.ini"


def test_names_that_differ_only_in_the_form_of_accents_are_not_guessed(tmp_path: Path) -> None:
    for form in FORMS:
        write(tmp_path / normalize(form, "M\xfcller") / "Mspclnt.ini")
    assert "differ only in the form of their accents" in refusal(tmp_path, "C:\\M\xfcller\\Mspclnt.ini")


# What is neither a file nor a folder


def make_socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's path has few characters
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def make_device(path: Path) -> None:
    if os.geteuid() == 0:
        os.mknod(path, 0o020600, os.makedev(1, 5))
    else:
        os.mkfifo(path)


@pytest.mark.parametrize("make", [os.mkfifo, make_socket, make_device])
def test_devices_are_never_opened(folder: Path, make: Callable[[Path], None]) -> None:
    make(folder / "x.ini")
    with watched() as opened:
        text = refusal(folder, "C:\\X.INI")
        with pytest.raises(ServerError, match="is no regular file"):
            drive(folder).read(Entry("C:\\x.ini", str(folder / "x.ini"), False))
    assert text == f"C:\\X.INI: {folder}/x.ini is neither a file nor a folder; it is not opened"
    assert "x.ini" not in opened
    assert str(folder / "x.ini") not in opened


def test_a_link_to_a_device_outside_is_not_followed(folder: Path) -> None:
    (folder / "x.ini").symlink_to("/dev/zero")
    assert "leads out of its drive" in refusal(folder, "C:\\x.ini")


# Reading


def test_a_file_is_read_whole(folder: Path) -> None:
    data = bytes(range(256)) * (SIZE_LIMIT // 256)
    write(folder / "big.ini", data)
    files = drive(folder)
    assert files.read(found(folder, "C:\\BIG.INI")) == data
    write(folder / "big.ini", data + b"x")
    with pytest.raises(ServerError, match=f"it has {SIZE_LIMIT + 1} bytes, more than {SIZE_LIMIT};"):
        files.read(found(folder, "C:\\BIG.INI"))


def test_a_folder_is_not_read(folder: Path) -> None:
    with pytest.raises(ServerError) as caught:
        drive(folder).read(found(folder, "C:\\Mspclnt"))
    assert str(caught.value) == f"Error while reading C:\\Mspclnt: {folder}/Mspclnt is no regular file"


def test_a_file_that_went_away_is_told(folder: Path) -> None:
    entry = found(folder, INI)
    os.unlink(entry.local)
    with pytest.raises(ServerError) as caught:
        drive(folder).read(entry)
    text = f"Error while reading {INI}: {entry.local} is no longer there; another program moves it, or "
    assert str(caught.value).startswith(text)


def test_a_file_that_became_a_link_is_not_followed(folder: Path) -> None:
    entry = found(folder, INI)
    os.unlink(entry.local)
    os.symlink(folder.parent / "outside" / "Mspclnt.ini", entry.local)
    with pytest.raises(ServerError, match="is a link that leads out of its drive"):
        drive(folder).read(entry)


def test_an_entry_of_elsewhere_is_not_read(folder: Path) -> None:
    other = str(write(folder.parent / "outside" / "Mspclnt.ini"))
    with pytest.raises(ServerError, match="does not lie in the folder of drive C:"):
        drive(folder).read(Entry(INI, other, False))


# Odd bytes and long paths


def undecodable(folder: Path) -> Path:
    """Give a path whose last name is no UTF-8; skipped by no common file system of Linux."""
    return Path(os.fsdecode(os.fsencode(folder) + b"/Na\xefve"))


def test_undecodable_names_do_not_disturb(folder: Path) -> None:
    write(undecodable(folder) / "EMSMTA.EXE")
    assert found(folder, INI).local
    assert drive(folder).find("C:\\Na\xefve\\EMSMTA.EXE") is None
    (entry,) = drive(folder).search("EMSMTA.EXE").entries
    assert os.fsencode(entry.local).endswith(b"/Na\xefve/EMSMTA.EXE")


@pytest.mark.parametrize("link", [False, True])
def test_a_path_that_no_result_can_name_is_refused(folder: Path, link: bool) -> None:
    odd = undecodable(folder)
    write(odd / "Mspclnt.ini")
    (folder / "link").symlink_to(odd)
    files = drive(folder) if link else drive(odd)
    with pytest.raises(ServerError, match="is not valid UTF-8, so that no result can name it"):
        files.find("C:\\link\\Mspclnt.ini" if link else "C:\\Mspclnt.ini")


DEPTH = 25


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """Give a folder with more folders in one another than a path of Linux can name."""
    folder = tmp_path / "deep"
    folder.mkdir()
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for _level in range(DEPTH):
            os.mkdir("x" * 200)
            os.chdir("x" * 200)
        Path("EMSMTA.EXE").write_bytes(b"MZ")
    finally:
        os.fchdir(here)
        os.close(here)
    yield folder
    shutil.rmtree(folder)


def test_a_path_that_is_too_long_for_linux_is_found_and_read(deep: Path) -> None:
    entry = found(deep, "C:" + ("\\" + "X" * 200) * DEPTH + "\\EMSMTA.EXE")
    assert drive(deep).read(entry) == b"MZ"
    assert drive(deep).search("EMSMTA.EXE") == Search((entry,), None)


def answer(ask: Callable[[], Any]) -> Any:
    """Give the answer, or the text of the refusal."""
    try:
        return ask()
    except ServerError as error:
        return str(error)


@given(st.text(max_size=30) | st.lists(st.sampled_from(["C:", "\\", "/", ".", "..", "a", " ", "~", "\0"])).map("".join))
def test_any_text_is_found_or_not_or_refused(path: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "a" / "a")
        told = answer(lambda: DriveFiles({"C": folder}).find(path))
    if isinstance(told, Entry):
        assert told.local in (folder, f"{folder}/a", f"{folder}/a/a")
    else:
        assert told is None or path in told


@given(st.text() | st.lists(st.sampled_from(["C:", "\\", "/", ".", "..", "a ", "b"])).map("".join))
def test_a_split_path_has_only_plain_names(path: str) -> None:
    told = answer(lambda: split_windows_path(path))
    if isinstance(told, str):
        assert path in told
    else:
        letter, names = told
        assert "A" <= letter <= "Z"
        assert all(name[-1] not in ". " and not set("\\/") & set(name) for name in names)
