# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import backup_name, backup_path
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    edit_request_from,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import ProfileError, shown
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError
from hypothesis import given
from hypothesis import strategies as st

from tests.cases.case import FIX, Case, Refused, fine
from tests.cases.doubtful import REFUSED
from tests.cases.edits import CASES
from tests.unit.without_rights import error_without_rights

OLD = b"[EMSMTA]\r\nDisable=0\r\n"


def name_of(row: Any) -> str:
    return str(row[0])


def run(path: Path, case: Case, check: bool = False, diff: bool = False, backup: bool = False) -> dict[str, Any]:
    options = {**case.options(str(path)), "backup": backup}
    return apply(LocalEditor(), edit_request_from(options), check=check, diff=diff)


def run_on(path: Path, data: bytes, **options: bool) -> dict[str, Any]:
    path.write_bytes(data)
    return run(path, fine("", data), **options)


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return tmp_path / "Mspclnt.ini"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_check_mode_gives_the_result_of_a_run_and_writes_nothing(case: Case, ini: Path) -> None:
    if case.before is not None:
        ini.write_bytes(case.before)
    predicted = run(ini, case, check=True, diff=True)
    assert (ini.read_bytes() if ini.exists() else None) == case.before
    assert names(ini.parent) == ([] if case.before is None else [ini.name])
    assert run(ini, case, diff=True) == predicted
    assert ini.read_bytes() == case.after
    assert predicted["changed"] == case.changed
    assert names(ini.parent) == [ini.name]


@pytest.mark.parametrize("case", [case for case in CASES if not case.changed], ids=name_of)
def test_a_file_that_is_right_is_not_written(case: Case, ini: Path) -> None:
    assert case.before is not None
    ini.write_bytes(case.before)
    os.utime(ini, (1, 1))
    inode = ini.stat().st_ino
    assert not run(ini, case, backup=True)["changed"]
    assert (ini.stat().st_mtime, ini.stat().st_ino) == (1, inode)
    assert names(ini.parent) == [ini.name]


@pytest.mark.parametrize("row", REFUSED, ids=name_of)
@pytest.mark.parametrize("check", [False, True])
def test_refused(row: Refused, check: bool, ini: Path) -> None:
    ini.write_bytes(row.before)
    with pytest.raises(ProfileError) as caught:
        run(ini, Case("", row.before, b"", state=row.state), check=check, backup=True)
    assert str(caught.value).startswith(f"Error while planning the edit of {ini}: ")
    assert row.fragment in str(caught.value)
    assert ini.read_bytes() == row.before
    assert names(ini.parent) == [ini.name]


def test_the_result_of_a_change(ini: Path) -> None:
    assert run_on(ini, OLD) == {
        "changed": True,
        "path": str(ini),
        "section": "EMSMTA",
        "before": {"Disable": "0"},
        "after": {"Disable": "1"},
        "backup_file": None,
        "newline": "crlf",
        "notes": [],
    }


def test_the_result_without_a_change(ini: Path) -> None:
    result = run_on(ini, b"[emsmta]\n disable = '1'\n", diff=True)
    assert (result["changed"], result["before"], result["after"]) == (False, {"Disable": "1"}, {"Disable": "1"})
    assert result["newline"] == "lf"
    assert result["diff"][0]["before"] == result["diff"][0]["after"]


def test_the_result_of_a_removal(ini: Path) -> None:
    ini.write_bytes(FIX)
    result = run(ini, Case("", FIX, b"", state="absent"))
    assert (result["changed"], result["before"], result["after"]) == (True, {"Disable": "1"}, {"Disable": None})
    assert (result["newline"], ini.read_bytes()) == ("none", b"")


def test_code_page_bytes_in_the_result_are_escaped(ini: Path) -> None:
    assert run_on(ini, b"[EMSMTA]\r\nDisable=\xe9\x80\r\n")["before"] == {"Disable": "\\xe9\\x80"}


def test_notes_are_plain_data(ini: Path) -> None:
    notes = run_on(ini, b"\xef\xbb\xbf;\r\n" + FIX)["notes"]
    assert [sorted(note) for note in notes] == [["code", "message"]]
    assert notes[0]["code"] == "utf8_mark"


def test_the_diff_shows_the_text_without_marks_when_line_ends_agree(ini: Path) -> None:
    diff = run_on(ini, OLD, diff=True)["diff"]
    assert diff == [
        {
            "before_header": f"{ini} (line ends: crlf)",
            "after_header": f"{ini} (line ends: crlf)",
            "before": "[EMSMTA]\nDisable=0\n",
            "after": "[EMSMTA]\nDisable=1\n",
        }
    ]


def test_the_diff_shows_line_ends_when_they_are_mixed(ini: Path) -> None:
    diff = run_on(ini, b"[A]\n[B]\r[C]\r\n", diff=True)["diff"][0]
    assert diff["before"] == "[A]<LF>\n[B]<CR>\n[C]<CR><LF>\n"
    assert diff["after"] == diff["before"] + "[EMSMTA]<CR><LF>\nDisable=1<CR><LF>\n"


def test_a_last_line_that_gets_a_line_end_can_be_seen(ini: Path) -> None:
    diff = run_on(ini, b"[A]", diff=True)["diff"][0]
    assert (diff["before"], diff["before_header"]) == ("[A]", f"{ini} (line ends: none)")
    assert diff["after"] == "[A]\n[EMSMTA]\nDisable=1\n"


@given(st.binary(max_size=60).map(lambda data: data.replace(b"\0", b"")))
def test_result_and_diff_are_valid_utf8_for_any_bytes(data: bytes) -> None:
    text = shown(data)
    assert text.encode("utf-8").isascii()
    assert text.isprintable() or "\t" in text


def test_the_diff_of_every_byte(ini: Path) -> None:
    data = bytes(range(1, 256)).replace(b"\n", b"").replace(b"\r", b"")
    diff = run_on(ini, b"; " + data + b"\r\n", diff=True)["diff"][0]
    assert "\\x80\\x81" in diff["before"]
    assert "\\x08\t\\x0b" in diff["before"]
    assert diff["after"].encode("utf-8").isascii()


def test_the_backup_holds_the_old_bytes(ini: Path) -> None:
    digest = hashlib.sha256(OLD).hexdigest()[:8]
    result = run_on(ini, OLD, backup=True)
    assert result["backup_file"] == f"{ini}.{digest}.bak"
    assert Path(result["backup_file"]).read_bytes() == OLD
    assert names(ini.parent) == [ini.name, f"{ini.name}.{digest}.bak"]


def test_check_mode_predicts_the_backup_and_makes_none(ini: Path) -> None:
    predicted = run_on(ini, OLD, backup=True, check=True)
    assert names(ini.parent) == [ini.name]
    assert run_on(ini, OLD, backup=True) == predicted


def test_the_same_bytes_are_kept_once(ini: Path) -> None:
    first, second = (run_on(ini, OLD, backup=True) for _round in range(2))
    assert first["backup_file"] == second["backup_file"]
    assert len(names(ini.parent)) == 2


def test_a_backup_with_other_bytes_is_written_again(ini: Path) -> None:
    copy = Path(backup_path(str(ini), OLD))
    copy.write_bytes(OLD[:5])
    run_on(ini, OLD, backup=True)
    assert copy.read_bytes() == OLD


def test_backup_names_are_the_same_in_both_worlds() -> None:
    assert backup_name("Mspclnt.ini", b"") == "Mspclnt.ini.e3b0c442.bak"
    assert backup_path("C:\\Mspclnt\\Mspclnt.ini", b"") == "C:\\Mspclnt\\Mspclnt.ini.e3b0c442.bak"
    assert backup_path("/mnt/c/mspclnt.ini", b"") == "/mnt/c/mspclnt.ini.e3b0c442.bak"


def test_a_missing_file_is_an_error_that_names_create(ini: Path) -> None:
    for check in (True, False):
        with pytest.raises(ServerError, match="there is no such file; set 'create: true'"):
            run(ini, fine("", b""), check=check)
    assert names(ini.parent) == []


def test_a_missing_file_is_made_with_create(ini: Path) -> None:
    result = run(ini, Case("", None, FIX, create=True), backup=True)
    assert (result["changed"], result["before"], result["backup_file"]) == (True, {"Disable": None}, None)
    assert ini.read_bytes() == FIX


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("check", [False, True])
def test_absent_has_nothing_to_do_without_a_file(create: bool, check: bool, ini: Path) -> None:
    result = run(ini, Case("", None, b"", state="absent", create=create), check=check, backup=True)
    assert (result["changed"], result["after"], result["backup_file"]) == (False, {"Disable": None}, None)
    assert names(ini.parent) == []


def test_a_file_above_the_limit_is_refused(ini: Path) -> None:
    with pytest.raises(ServerError, match="it has 1048577 bytes, more than 1048576"):
        run_on(ini, b" " * (1024 * 1024 + 1))


def outcome(path: Path, data: bytes, check: bool) -> str:
    try:
        return str(run_on(path, data, check=check)["changed"])
    except ServerError as error:
        return str(error)


@pytest.mark.parametrize("room", [0, 5, 22, 23, 24, 100])
def test_near_the_limit_check_mode_and_run_agree(room: int, ini: Path) -> None:
    data = b" " * (1024 * 1024 - room)
    predicted = outcome(ini, data, check=True)
    assert outcome(ini, data, check=False) == predicted
    assert (ini.read_bytes() != data) == (predicted == "True")
    assert room < 23 or outcome(ini, ini.read_bytes(), check=False) == "False"


@pytest.mark.parametrize("check", [False, True])
def test_a_read_only_file_is_refused_in_both_modes(check: bool, ini: Path) -> None:
    ini.write_bytes(OLD)
    ini.chmod(0o444)
    with pytest.raises(ServerError, match="it is read-only, and someone made it so"):
        run(ini, fine("", OLD), check=check)
    assert ini.read_bytes() == OLD


def test_a_read_only_file_that_is_right_is_no_error(ini: Path) -> None:
    ini.write_bytes(FIX)
    ini.chmod(0o444)
    assert not run(ini, fine("", FIX))["changed"]


@pytest.mark.parametrize(
    ("path", "fragment"),
    [
        ("~/mspclnt.ini", "'~' is not expanded here"),
        ("mspclnt.ini", "this path is relative"),
        ("C:\\Mspclnt\\Mspclnt.ini", "this is a Windows path: give 'drives'"),
        ("\\\\SRV\\C$\\Mspclnt.ini", "this is a Windows path: give 'drives'"),
        ("/a\0b", "NUL character"),
        ("/dev/null", "a device, a pipe or a socket"),
        ("/", "it is a folder"),
        ("/nowhere/mspclnt.ini", "no folder /nowhere"),
    ],
)
def test_paths_that_are_refused(path: str, fragment: str) -> None:
    for check in (True, False):
        with pytest.raises(ServerError) as caught:
            apply(LocalEditor(), edit_request_from(fine("", b"").options(path)), check=check, diff=False)
        assert fragment in str(caught.value)


@pytest.fixture
def open_ini() -> Iterator[Path]:
    """Give a file in a folder that every user can enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder) / "Mspclnt.ini"
        os.chmod(folder, 0o755)


@pytest.mark.parametrize("check", [False, True])
def test_a_file_that_may_not_be_read(check: bool, open_ini: Path) -> None:
    open_ini.write_bytes(OLD)
    open_ini.chmod(0)
    text = error_without_rights(lambda: run(open_ini, fine("", OLD), check=check))
    assert text.startswith(f"ServerError: Error while reading {open_ini}: ")
    assert "ermission denied" in text


@pytest.mark.parametrize("check", [False, True])
def test_a_folder_that_may_not_be_written(check: bool, open_ini: Path) -> None:
    open_ini.write_bytes(OLD)
    open_ini.chmod(0o666)
    open_ini.parent.chmod(0o555)
    text = error_without_rights(lambda: run(open_ini, fine("", OLD), check=check))
    assert text.startswith(f"ServerError: Error while checking {open_ini}: the folder {open_ini.parent}: this user may")
    assert open_ini.read_bytes() == OLD


@pytest.mark.parametrize("check", [False, True])
def test_a_file_of_someone_else(check: bool, open_ini: Path) -> None:
    open_ini.write_bytes(OLD)
    open_ini.chmod(0o444 if os.geteuid() else 0o644)
    text = error_without_rights(lambda: run(open_ini, fine("", OLD), check=check))
    assert text.startswith(f"ServerError: Error while checking {open_ini}: ")
    assert open_ini.read_bytes() == OLD


@pytest.mark.parametrize("check", [False, True])
def test_a_new_file_in_a_folder_that_may_not_be_written(check: bool, open_ini: Path) -> None:
    open_ini.parent.chmod(0o555)
    text = error_without_rights(lambda: run(open_ini, Case("", None, FIX, create=True), check=check))
    assert text.startswith(f"ServerError: Error while creating {open_ini}: the folder {open_ini.parent}: this user may")
    assert names(open_ini.parent) == []


@pytest.mark.parametrize("name", ["MSPCLNT/Mspclnt.ini", "MSPCLNT/x/y/Mspclnt.ini"])
@pytest.mark.parametrize("create", [False, True])
def test_a_folder_in_another_case_is_named(create: bool, name: str, ini: Path) -> None:
    ini.with_name("mspclnt").mkdir()
    path = ini.parent / name
    with pytest.raises(ServerError) as caught:
        run(path, Case("", None, FIX, create=create))
    assert str(caught.value).endswith(
        f"no folder {path.parent}, but one called 'mspclnt' in {ini.parent}: give that name"
    )


def test_a_name_in_another_case_is_named(ini: Path) -> None:
    ini.write_bytes(OLD)
    with pytest.raises(ServerError, match=r"but one called 'Mspclnt\.ini'"):
        run(ini.with_name("MSPCLNT.INI"), fine("", OLD))
    with pytest.raises(ServerError, match=r"'Mspclnt\.ini' is there already"):
        run(ini.with_name("MSPCLNT.INI"), Case("", None, FIX, create=True))
