# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wrong value of an option is told as one, before or after the look, and not as a missing one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import OptionError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    emsmta_info_spec,
    look_request_over_smb,
)

from tests.lab.servers import samples
from tests.unit.sample_drives import ask, furnish

DEFAULTS: dict[str, Any] = {name: option.get("default") for name, option in emsmta_info_spec().items()}
PATHS = ("system_root", "exchange_bin", "master_path")
WRONG = [
    ("/mnt/ex01-d/exchsrvr/bin", "is a path of this machine; give the Windows path that the server has"),
    ("~/bin", "is a path of this machine"),
    ("D:\bin", "holds control characters: in double quotes, YAML takes"),
    ("D:\\new\tbin", "holds control characters"),
    ("D:ExchsrvrBin", "has no backslash behind the drive; where a shell or double quotes took the backslashes"),
    ("D:", "has no backslash behind the drive"),
    ("Exchsrvr\\Bin", "this is not an absolute Windows path"),
    ("D:\\Exchsrvr\\..\\Bin", "'..' in a path is not followed"),
]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(("value", "fault"), WRONG)
def test_what_is_no_windows_path(name: str, value: str, fault: str) -> None:
    with pytest.raises(OptionError) as caught:
        look_request_over_smb({**DEFAULTS, name: value})
    assert str(caught.value).startswith(f"{name}: ")
    assert fault in str(caught.value)
    assert "\x08" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("exchange_bin", "D:\\Exchsrvr\\Bin\\EMSMTA.EXE"), ("system_root", "c:/winnt/system.ini")],
)
def test_a_file_in_the_place_of_its_folder(name: str, value: str) -> None:
    with pytest.raises(OptionError) as caught:
        look_request_over_smb({**DEFAULTS, name: value})
    assert str(caught.value) == f"{name}: {value} is a file; give the folder in which it lies"


@pytest.mark.parametrize("value", ["C:\\WINNT", "c:/winnt/", "\\\\EX01\\ADMIN$", "D:\\Exchsrvr\\Bin\\", "", None])
def test_paths_that_are_right(value: str | None) -> None:
    request = look_request_over_smb({**DEFAULTS, "system_root": value, "exchange_bin": value})
    assert (request.hints.system_root, request.hints.exchange_bin) == (value or None, value or None)


def test_a_master_path_is_a_file() -> None:
    path = "C:\\Msp\\Clients\\Mspclnt.ini"
    assert look_request_over_smb({**DEFAULTS, "master_path": path}).master_path == path


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("exchange_bin", "D:\\Elsewhere", "D:\\Elsewhere, which 'exchange_bin' gives: correct it, or leave it out"),
        ("system_root", "C:\\WIN", "looked for C:\\WIN\\System.ini: correct 'system_root'"),
    ],
)
def test_a_folder_where_the_file_is_not(name: str, value: str, told: str, tmp_path: Path) -> None:
    exposed = next(sample for sample in samples() if sample.name == "ex01-exposed")
    furnish(tmp_path, exposed)
    result = ask(tmp_path, exposed, gather=["files"], **{name: value})
    gaps = [gap["reason"] for gap in result["not_read"]]
    assert any(told in gap for gap in gaps), gaps
    assert not any(f"set '{name}'" in gap or f"as '{name}'" in gap for gap in gaps)
