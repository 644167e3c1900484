# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names over SMB: Unicode, code pages, long and short (8.3) names, hidden and missing shares."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.editor import SmbEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.files import SmbFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.share import list_shares

from tests.lab.lab import Lab
from tests.lab.programs import MTA_PROGRAM
from tests.lab.proxy import FaultProxy, as_nt4
from tests.lab.servers import FILES_ONLY
from tests.smb.callers import Caller
from tests.smb.drive_files import put, short_name
from tests.smb.edits import NEW, OLD, request

GREEK = "Ελλάδα\\Ρύθμιση.ini"
NAMES = {
    "umlaut": "Übergröße\\Mspclnt für Zürich.ini",
    "greek": GREEK,
    "blanks": "Program Files\\Microsoft Proxy Client\\My own Mspclnt.ini",
    "long": "\\".join(["n" * 100, "m" * 200 + ".ini"]),
}
CODE_PAGES = ["CP437", "CP850"]


def edit_and_check(caller: Caller, path: Path, name: str) -> None:
    """Edit a file by a name; expect that it has changed, beside a backup and nothing else."""
    server = caller.server()
    files = SmbFiles(server)
    entry = files.find(f"C:\\{name}")
    assert entry is not None
    assert files.read(entry) == OLD
    apply(SmbEditor(server), request(path=f"C:\\{name}", backup=True), check=False, diff=False)
    assert path.read_bytes() == NEW
    (backup,) = [other for other in path.parent.iterdir() if other != path]
    assert backup.read_bytes() == OLD


@pytest.mark.parametrize("nt4", [False, True], ids=["windows-2000", "nt4"])
@pytest.mark.parametrize("kind", NAMES)
def test_names_in_unicode(kind: str, nt4: bool, lab: Lab) -> None:
    name = NAMES[kind]
    path = put(lab, name)
    with FaultProxy((lab.addresses[0], lab.port), as_nt4 if nt4 else None) as proxy:
        caller = Caller("127.0.0.1", proxy.port)
        edit_and_check(caller, path, name)
        listed = SmbFiles(caller.server()).names("C:\\" + name.rpartition("\\")[0], ".ini")
    assert list(listed) == [path.name]


@pytest.mark.parametrize("page", CODE_PAGES)
def test_names_in_the_code_page(page: str, tmp_path: Path) -> None:
    with Lab(tmp_path, 1, f"unicode = no\n dos charset = {page}") as lab:
        path = put(lab, NAMES["umlaut"])
        caller = Caller(lab.addresses[0], lab.port)
        edit_and_check(caller, path, NAMES["umlaut"])
        server = caller.server()
        assert list(SmbFiles(server).names("C:\\Übergröße", ".ini")) == [path.name]
        put(lab, GREEK)
        server.session.tree_connect("C$")
        before = caller.requests
        for name in (GREEK, "50¢.ini"):
            with pytest.raises(ServerError, match=f"{name[:3]}.*no Unicode names.*8.3"):
                apply(SmbEditor(server), request(path=f"C:\\{name}"), check=False, diff=False)
        assert caller.requests == before


@pytest.fixture
def mangled(tmp_path: Path) -> Lab:
    """A server with short names such as MSPCLN~A.INI for long ones; not started yet."""
    return Lab(tmp_path, 1, "mangled names = yes\n mangle prefix = 6")


def test_short_names_are_read_and_edited(mangled: Lab) -> None:
    with mangled as lab:
        path = put(lab, "ProxyClient Folder\\Mspclnt settings.ini")
        folder = short_name(lab, "ProxyClient Folder")
        name = short_name(lab, "ProxyClient Folder\\Mspclnt settings.ini")
        assert folder.startswith("PROXYC~")
        assert name.startswith("MSPCLN~")
        assert name.endswith(".INI")
        edit_and_check(Caller(lab.addresses[0], lab.port), path, f"{folder}\\{name}")


def test_a_pointer_with_short_names_is_followed(mangled: Lab) -> None:
    with mangled as lab:
        put(lab, "ProxyClient Folder\\Mspclnt settings.ini", NEW)
        folder = short_name(lab, "ProxyClient Folder")
        name = short_name(lab, "ProxyClient Folder\\Mspclnt settings.ini")
        pointer = f"C:\\{folder}\\{name}"
        put(lab, "WINNT\\SYSTEM.INI", f"[Microsoft Proxy Service]\r\nIni File Path={pointer}\r\n".encode())
        put(lab, "exchsrvr\\bin\\EMSMTA.EXE", MTA_PROGRAM)
        found = inform(
            SmbFiles(Caller(lab.addresses[0], lab.port).server()), look_request_over_smb(FILES_ONLY), check=False
        )
        assert found["paths"]["mspclnt"]["windows"] == pointer
        assert found["status"] == "protected"


@pytest.mark.parametrize("listed", ["yes", "no"])
def test_hidden_shares_are_found(listed: str, tmp_path: Path) -> None:
    with Lab(tmp_path, 1, f"browseable = {listed}") as lab:
        put(lab, "mspclnt\\Mspclnt.ini")
        caller = Caller(lab.addresses[0], lab.port)
        server = caller.server()
        assert ("C$" in list_shares(server.session)) == (listed == "yes")
        assert list(SmbFiles(server).drives()) == ["C", "D"]
        assert server.read(server.place("C:\\mspclnt\\Mspclnt.ini"))[0] == OLD


def test_a_share_that_is_missing_is_named(caller: Caller) -> None:
    with pytest.raises(ServerError, match=r"there is no such share.*shares no Z\$, or the administrative shares are"):
        apply(SmbEditor(caller.server()), request(path="Z:\\mspclnt\\Mspclnt.ini"), check=False, diff=False)
