# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user of a task may not see on a drive is never taken for absent."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.drives import drives_from

from tests.faults.children import Child, Outcome, as_nobody
from tests.unit.drive_trees import INI, drive, found, write


@pytest.fixture
def public() -> Iterator[Path]:
    """Give a folder that everybody can reach; pytest's own are the user's."""
    folder = Path(tempfile.mkdtemp(prefix="drive-"))
    folder.chmod(0o755)
    write(folder / "Mspclnt" / "Mspclnt.ini")
    yield folder
    for path in (folder, folder / "Mspclnt"):
        path.chmod(0o700)
    shutil.rmtree(folder)


def unprivileged(function: Callable[[], Any]) -> Outcome:
    return as_nobody(function) if os.geteuid() == 0 else Child(function).outcome()


def denied(folder: Path, path: str) -> str:
    outcome = unprivileged(lambda: drive(folder).find(path))
    assert outcome.error[0] == "ServerError", outcome
    assert outcome.text.endswith(
        "this user may not do that; run the task as one who may, for example with 'become: true'"
    )
    return outcome.text


def test_a_folder_that_cannot_be_listed_is_not_absent(public: Path) -> None:
    (public / "Mspclnt").chmod(0o311)
    for path in (INI, "C:\\Mspclnt\\other.ini"):
        start = f"Error while looking for {path} at {public}/Mspclnt: Permission denied: "
        assert denied(public, path).startswith(start)


def test_a_folder_that_cannot_be_entered_is_not_absent(public: Path) -> None:
    (public / "Mspclnt").chmod(0o644)
    start = f"Error while looking for {INI} at {public}/Mspclnt/Mspclnt.ini: Permission denied: "
    assert denied(public, INI).startswith(start)


def test_a_link_into_a_closed_folder_is_not_called_dangling(public: Path) -> None:
    (public / "link").symlink_to("Mspclnt/Mspclnt.ini")
    (public / "Mspclnt").chmod(0o644)
    assert "Permission denied" in denied(public, "C:\\link")


def test_a_closed_root_is_not_absent(public: Path) -> None:
    public.chmod(0o311)
    assert f"at {public}: Permission denied" in denied(public, INI)


def test_a_search_names_the_folders_that_it_could_not_list(public: Path) -> None:
    (public / "Mspclnt").chmod(0o311)
    outcome = unprivileged(lambda: drive(public).search("EMSMTA.EXE"))
    assert outcome.result == [[], f"{public}/Mspclnt: Permission denied"]


def test_a_file_that_cannot_be_read_is_told(public: Path) -> None:
    file = public / "Mspclnt" / "Mspclnt.ini"
    file.chmod(0)
    outcome = unprivileged(lambda: drive(public).read(found(public, INI)).decode())
    assert outcome.text.startswith(f"Error while reading {INI}: Permission denied ({file}): this user may not do that")
    assert not outcome.leaked


def test_a_closed_folder_is_told_before_anything_is_looked_at(public: Path) -> None:
    public.chmod(0o600)
    outcome = unprivileged(lambda: drives_from({"C": str(public / "Mspclnt")}))
    assert outcome.error[0] == "OptionError"
    assert outcome.text.endswith(" is closed to this user")
