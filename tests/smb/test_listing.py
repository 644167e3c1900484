# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder with more names than one answer of a server gives: what was not listed does not count as missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.files import SmbFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.transaction import MAX_NAMES

from tests.cases.samples import sample
from tests.lab.lab import Lab
from tests.lab.servers import FILES_ONLY
from tests.smb.callers import Caller
from tests.unit.drive_trees import write


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A server with many folders in the root of C:, an Italian Program Files among them."""
    base = tmp_path_factory.mktemp("crowded")
    with Lab(base, 1, drives="C", first=200) as lab:
        root = lab.drive(lab.addresses[0], "C")
        write(root / "WINNT" / "SYSTEM.INI", b"[drivers]\r\n")
        for number in range(2 * MAX_NAMES):
            write(root / f"folder {number}" / f"{number}.txt")
            write(root / "texts" / f"{number}.txt")
        write(root / "PROGRAMMI" / "Microsoft Firewall Client" / "MSPCLNT.INI", sample("Q231878.mspclnt.ini"))
        yield Caller(lab.addresses[0], lab.port)


@pytest.mark.parametrize(("folder", "ending"), [("C:\\texts", ".txt"), ("C:\\", "")])
def test_a_part_of_a_list_is_none(folder: str, ending: str, crowded: Caller) -> None:
    with pytest.raises(ServerError, match=r"the server has more than the \d+ names of its first answer"):
        SmbFiles(crowded.server()).names(folder, ending)


def test_a_list_of_one_answer_is_whole(crowded: Caller) -> None:
    assert list(SmbFiles(crowded.server()).names("C:\\folder 7", ".txt")) == ["7.txt"]


def test_each_name_of_program_files_is_looked_for_where_a_root_cannot_be_listed(crowded: Caller) -> None:
    result = inform(SmbFiles(crowded.server()), look_request_over_smb(FILES_ONLY), False)
    path = result["paths"]["mspclnt"]["windows"].lower()
    assert path == "c:\\programmi\\microsoft firewall client\\mspclnt.ini"
