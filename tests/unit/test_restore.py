# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the old bytes is put back whole, or refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import (
    backup_path,
    digest_in_name,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import UserError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    edit_request_from,
)

OLD = b"; \xe9\r\n[EMSMTA]\nDisable=0\r\n\r\n"
NEW = b"[EMSMTA]\r\nDisable=1\r\n[Common]\r\nPort=1745"
UNICODE = NEW.decode().encode("utf-16")
CHECK = pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
IN_PLACE = pytest.mark.parametrize("in_place", [None, True], ids=["rename", "in place"])


def restore(path: Path, copy: Path, in_place: bool | None = None, check: bool = False, **more: Any) -> dict[str, Any]:
    options = {"path": str(path), "section": "EMSMTA", "settings": None, "create": False, "backup": False, **more}
    request = edit_request_from({**options, "state": "restored", "backup_file": str(copy)})
    return apply(LocalEditor(in_place), request, check=check, diff=True)


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    """Give a file that was edited."""
    path = tmp_path / "Mspclnt.ini"
    path.write_bytes(NEW)
    return path


@pytest.fixture
def copy(ini: Path) -> Path:
    """Give the copy of the bytes that it had before."""
    path = Path(backup_path(str(ini), OLD))
    path.write_bytes(OLD)
    return path


def left_alone(ini: Path, *copies: Path) -> bool:
    return ini.read_bytes() == NEW and set(ini.parent.iterdir()) == {ini, *copies}


@IN_PLACE
def test_the_bytes_of_the_copy_come_back_and_it_stays(ini: Path, copy: Path, in_place: bool | None) -> None:
    predicted = restore(ini, copy, in_place, check=True)
    assert left_alone(ini, copy)
    result = restore(ini, copy, in_place)
    assert result == predicted
    assert (result["changed"], result["before"], result["after"]) == (True, {"Disable": "1"}, {"Disable": "0"})
    assert result["backup_file"] is None
    assert ini.read_bytes() == copy.read_bytes() == OLD
    assert set(ini.parent.iterdir()) == {ini, copy}
    again = restore(ini, copy, in_place, backup=True)
    assert (again["changed"], again["backup_file"], again["before"]) == (False, None, {"Disable": "0"})


@IN_PLACE
def test_backup_keeps_the_bytes_that_are_replaced(ini: Path, copy: Path, in_place: bool | None) -> None:
    kept = backup_path(str(ini), NEW)
    predicted = restore(ini, copy, in_place, check=True, backup=True)
    assert left_alone(ini, copy)
    assert restore(ini, copy, in_place, backup=True)["backup_file"] == predicted["backup_file"] == kept
    assert (ini.read_bytes(), Path(kept).read_bytes()) == (OLD, NEW)
    restore(ini, Path(kept), in_place)
    assert ini.read_bytes() == NEW


def test_settings_choose_what_is_shown(ini: Path, copy: Path) -> None:
    result = restore(ini, copy, section="Common", settings={"Port": "any", "Name": None})
    assert (result["section"], result["before"]) == ("Common", {"Port": "1745", "Name": None})
    assert result["after"] == {"Port": None, "Name": None}
    assert ini.read_bytes() == OLD


@CHECK
@pytest.mark.parametrize("data", [OLD[:-1], OLD + b"\n", b"", NEW], ids=["cut", "longer", "empty", "other"])
def test_a_copy_that_does_not_match_its_name_is_refused(ini: Path, copy: Path, data: bytes, check: bool) -> None:
    copy.write_bytes(data)
    with pytest.raises(UserError, match="its bytes are not those that the digits in its name stand for") as caught:
        restore(ini, copy, check=check, backup=True)
    assert str(copy) in str(caught.value)
    assert left_alone(ini, copy)


@CHECK
@pytest.mark.parametrize(
    "name", ["Mspclnt.ini", "Mspclnt.ini.bak", "Mspclnt.ini.c887278.bak", "c8872780.bak", ".c8872780.bak", "a.c8872780"]
)
def test_a_copy_without_digits_in_its_name_is_refused(ini: Path, name: str, check: bool) -> None:
    other = ini.with_name(name)
    other.write_bytes(NEW)
    with pytest.raises(UserError, match=r"backup_file: .* is not named like a copy of this module"):
        restore(ini, other, check=check)
    assert left_alone(ini, other)


@CHECK
def test_a_copy_that_is_missing(ini: Path, copy: Path, check: bool) -> None:
    copy.unlink()
    with pytest.raises(UserError, match=r"Error while reading the copy .*: there is no such file; nothing was changed"):
        restore(ini, copy, check=check, create=True)
    assert left_alone(ini)


@CHECK
def test_a_missing_file_is_made_with_create_only(ini: Path, copy: Path, check: bool) -> None:
    ini.unlink()
    with pytest.raises(UserError, match="there is no such file; set 'create: true'"):
        restore(ini, copy, check=check)
    result = restore(ini, copy, check=check, create=True, backup=True)
    assert (result["changed"], result["before"], result["after"]) == (True, {"Disable": None}, {"Disable": "0"})
    assert (ini.read_bytes() if ini.exists() else None) == (None if check else OLD)


def test_an_empty_file_is_made_too(ini: Path) -> None:
    ini.unlink()
    copy = Path(backup_path(str(ini), b""))
    copy.write_bytes(b"")
    assert restore(ini, copy, create=True)["changed"]
    assert ini.read_bytes() == b""
    assert not restore(ini, copy, create=True)["changed"]


@IN_PLACE
def test_a_file_that_was_saved_as_unicode_is_replaced(ini: Path, copy: Path, in_place: bool | None) -> None:
    ini.write_bytes(UNICODE)
    result = restore(ini, copy, in_place, backup=True)
    assert (result["before"], result["after"]) == ({"Disable": None}, {"Disable": "0"})
    assert [note["code"] for note in result["notes"]] == ["before_unknown"]
    assert (ini.read_bytes(), Path(result["backup_file"]).read_bytes()) == (OLD, UNICODE)


def test_a_copy_of_unicode_is_refused(ini: Path) -> None:
    copy = Path(backup_path(str(ini), UNICODE))
    copy.write_bytes(UNICODE)
    with pytest.raises(UserError, match=r"Error while reading the copy .*: it is saved as Unicode"):
        restore(ini, copy)
    assert left_alone(ini, copy)


@CHECK
def test_a_read_only_file_is_refused(ini: Path, copy: Path, check: bool) -> None:
    ini.chmod(0o444)
    with pytest.raises(UserError, match="it is read-only, and someone made it so"):
        restore(ini, copy, check=check)
    assert left_alone(ini, copy)


def test_a_copy_that_is_a_pipe_does_not_block(ini: Path, copy: Path) -> None:
    copy.unlink()
    os.mkfifo(copy)
    with pytest.raises(UserError, match="a device, a pipe or a socket"):
        restore(ini, copy)


@pytest.mark.parametrize(
    ("path", "digits"),
    [
        ("C:\\Mspclnt\\MSPCLNT.INI.C8872780.BAK", "c8872780"),
        ("\\\\ex01\\C$\\mspclnt.ini.c8872780.bak", "c8872780"),
        ("/mnt/c/mspclnt.ini.c8872780.bak", "c8872780"),
        ("/mnt/c/mspclnt.ini.c8872780.bak/", None),
        ("/mnt/a.c8872780.bak/mspclnt.ini", None),
        ("mspclnt.ini.c887278g.bak", None),
    ],
)
def test_digits_of_a_name(path: str, digits: str | None) -> None:
    assert digest_in_name(path) == digits
