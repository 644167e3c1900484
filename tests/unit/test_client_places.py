# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the registry tells of the client where System.ini has no plain pointer: Program Files, providers, code pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    ABSENT,
    DOCUMENTED,
    INFERRED,
    INSTALLED,
    UNKNOWN,
    Part,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.gather import gather
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.look import Hints
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.places import (
    CATALOG_ENTRIES,
    PROGRAM_FILES,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Value

from tests.lab.hives import hive
from tests.lab.servers import hive_trees
from tests.lab.trees import Expand
from tests.unit.detect_servers import MSPCLNT, NOTHING_POINTS, look, points_to
from tests.unit.drive_trees import build

FOREIGN = b"%SystemRoot%\\system32\\msafd.dll"
ISA = "Microsoft Firewall Client/Mspclnt.ini"


def provider(path: bytes) -> bytes:
    """Give an entry of the Winsock catalog: the path in 260 bytes, and a protocol behind it."""
    return path.ljust(260, b"\0") + bytes(628)


def registry(catalog: list[Any] | None = None, acp: Any = "1252", folder: Any = "C:\\Program Files") -> dict[str, Any]:
    entries = {f"{number:012}": {"=PackedCatalogItem": item} for number, item in enumerate(catalog or [], 1)}
    winsock = {"Parameters": {"Protocol_Catalog9": {"Catalog_Entries": entries}}}
    control = {"Services": {"WinSock2": winsock}, "Control": {"Nls": {"CodePage": {"=ACP": acp}}}}
    versions = {"Windows": {"CurrentVersion": {"=ProgramFilesDir": folder}}}
    versions["Windows NT"] = {"CurrentVersion": {"=SystemRoot": "C:\\WINNT"}}
    return {"SYSTEM": {"CurrentControlSet": control}, "SOFTWARE": {"Microsoft": versions}}


def client(folder: Path, files: Mapping[str, bytes], tree: dict[str, Any], clean: bool = True) -> Part:
    hives = {f"C/WINNT/{path}": hive(each, clean) for path, each in hive_trees(tree).items()}
    drives = DriveFiles(build(folder, {**NOTHING_POINTS, **files, **hives}))
    return gather(drives, Hints(), lambda root: DriveRegistry(drives, root)).client


@pytest.mark.parametrize("letter", ["C", "D"])
@pytest.mark.parametrize("name", PROGRAM_FILES)
def test_each_name_of_program_files_without_a_registry(name: str, letter: str, tmp_path: Path) -> None:
    found = look(tmp_path, {**NOTHING_POINTS, f"{letter}/{name.upper()}/{ISA}": MSPCLNT}).client
    assert (found.state, found.certainty, found.source) == (INSTALLED, INFERRED, "Q268326")


@pytest.mark.parametrize("folder", ["D:\\Programme", "d:/programme/", Expand("D:\\Programme\\")])
def test_the_registry_names_program_files(folder: str, tmp_path: Path) -> None:
    """What lies below another name than the one in use is none of its places."""
    files = {f"D/Programme/{ISA}": MSPCLNT, f"C/Program Files/{ISA}": MSPCLNT}
    found = client(tmp_path, files, registry(folder=folder))
    assert (found.state, found.certainty, found.source) == (INSTALLED, INFERRED, "Q268326")
    assert "lies at a default place" in found.reason
    assert found.entry is not None
    assert found.entry.windows == "D:\\Programme\\Microsoft Firewall Client\\Mspclnt.ini"


@pytest.mark.parametrize("folder", ["%Elsewhere%\\Programme", "\\\\server\\programs", "Programme", "E:\\Programme"])
def test_program_files_that_cannot_be_looked_at(folder: str, tmp_path: Path) -> None:
    assert client(tmp_path, {}, registry(folder=folder)).state == UNKNOWN


@pytest.mark.parametrize("folder", [7, ""])
def test_program_files_that_the_registry_does_not_tell(folder: Any, tmp_path: Path) -> None:
    found = client(tmp_path, {f"C/Programmi/{ISA}": MSPCLNT}, registry(folder=folder))
    assert (found.state, found.certainty) == (INSTALLED, INFERRED)


SHOWN = {
    "alone": [provider(b"D:\\Wsp\\wspwsp.dll")],
    "in capitals, slashes and quotes": [provider(b'"d:/wsp/WSPWSP.DLL"')],
    "behind a foreign one": [provider(b"D:\\lsp.dll"), provider(b"D:\\Wsp\\wspwsp.dll")],
    "behind one that is no path": [b"", provider(b"D:\\Wsp\\wspwsp.dll")],
    "the last that is looked at": [provider(FOREIGN)] * (CATALOG_ENTRIES - 1) + [provider(b"D:\\Wsp\\wspwsp.dll")],
    "as text": ["D:\\Wsp\\wspwsp.dll"],
    "as text to expand": [Expand("D:\\Wsp\\wspwsp.dll")],
    "with what was left behind its end": [provider(b"D:\\Wsp\\wspwsp.dll\0stem32\\msafd.dll")],
}


@pytest.mark.parametrize("catalog", SHOWN.values(), ids=SHOWN)
def test_a_provider_and_the_file_beside_it(catalog: list[Any], tmp_path: Path) -> None:
    """The registry chooses: an old file at a default place is not that of this client."""
    found = client(tmp_path, {"D/wsp/mspclnt.ini": MSPCLNT, "C/Mspclnt/Mspclnt.ini": b""}, registry(catalog))
    assert (found.state, found.certainty, found.source) == (INSTALLED, INFERRED, "Q257547")
    assert found.entry is not None
    assert found.entry.windows == "D:\\wsp\\mspclnt.ini"


@pytest.mark.parametrize(
    "path", [b"%SystemRoot%\\System32\\wspwsp.dll", b"%WINDIR%/system32/wspwsp.dll", b"wspwsp.dll"]
)
def test_a_provider_in_the_folder_of_windows(path: bytes, tmp_path: Path) -> None:
    found = client(tmp_path, {"C/WINNT/system32/MSPCLNT.INI": MSPCLNT}, registry([provider(path)]))
    assert found.entry is not None
    assert found.entry.windows == "C:\\WINNT\\system32\\MSPCLNT.INI"


@pytest.mark.parametrize("catalog", SHOWN.values(), ids=SHOWN)
def test_a_provider_without_a_file(catalog: list[Any], tmp_path: Path) -> None:
    found = client(tmp_path, {"D/x": b""}, registry(catalog))
    assert (found.state, found.certainty, found.source) == (UNKNOWN, INFERRED, "Q257547")
    assert found.brief == "the Winsock catalog names wspwsp.dll, and Mspclnt.ini was not found"


def test_a_provider_and_a_default_place(tmp_path: Path) -> None:
    found = client(tmp_path, {"C/Mspclnt/Mspclnt.ini": MSPCLNT}, registry([provider(b"C:\\WINNT\\wspwsp.dll")]))
    assert (found.state, found.certainty, found.source) == (INSTALLED, INFERRED, "Q231878")


@pytest.mark.parametrize("path", [b"E:\\Wsp\\wspwsp.dll", b"%Elsewhere%\\wspwsp.dll", b"\\\\server\\x\\wspwsp.dll"])
def test_a_provider_whose_folder_cannot_be_looked_at(path: bytes, tmp_path: Path) -> None:
    """Nor is a file at a default place taken for the one of that folder."""
    found = client(tmp_path, {"C/Mspclnt/Mspclnt.ini": MSPCLNT}, registry([provider(path)]))
    assert (found.state, found.certainty) == (UNKNOWN, INFERRED)


NOT_SHOWN = {
    "none": [],
    "foreign ones": [provider(FOREIGN)] * 3,
    "a name that ends so": [provider(b"C:\\x\\notwspwsp.dll")],
    "a folder that is so called": [provider(b"C:\\wspwsp.dll\\other.dll")],
    "left behind the end of another": [provider(b"C:\\x.dll\0C:\\wspwsp.dll")],
    "behind the room of a path": [b"C:\\" + b"x" * 257 + b"\\wspwsp.dll"],
    "more than are looked at": [provider(FOREIGN)] * CATALOG_ENTRIES + [provider(b"C:\\wspwsp.dll")],
}


@pytest.mark.parametrize("catalog", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_a_catalog_that_does_not_show_the_client(catalog: list[Any], tmp_path: Path) -> None:
    found = client(tmp_path, {}, registry(catalog))
    assert (found.state, found.certainty) == (ABSENT, DOCUMENTED)


def test_a_catalog_key_that_is_not_there_counts_as_read(tmp_path: Path) -> None:
    tree = registry()
    del tree["SYSTEM"]["CurrentControlSet"]["Services"]
    found = client(tmp_path, {}, tree)
    assert (found.state, found.certainty) == (ABSENT, DOCUMENTED)


@pytest.mark.parametrize(
    ("hives", "clean", "state", "certainty"),
    [
        (("SYSTEM", "SOFTWARE"), True, ABSENT, DOCUMENTED),
        # Not closed cleanly: it proves presence only, as if it were not there.
        (("SYSTEM", "SOFTWARE"), False, ABSENT, INFERRED),
        ((), True, ABSENT, INFERRED),
        (("SYSTEM",), True, ABSENT, INFERRED),
        # The registry is there, and what may show the client is not: that is no absence.
        (("SOFTWARE",), True, UNKNOWN, INFERRED),
    ],
)
def test_how_sure_its_absence_is(
    hives: tuple[str, ...], clean: bool, state: str, certainty: str, tmp_path: Path
) -> None:
    tree = registry([provider(FOREIGN)])
    found = client(tmp_path, {}, {name: tree[name] for name in hives}, clean)
    assert (found.state, found.certainty) == (state, certainty)


def test_a_hive_that_was_not_closed_cleanly_proves_presence(tmp_path: Path) -> None:
    assert client(tmp_path, {}, registry([provider(b"C:\\wspwsp.dll")]), clean=False).state == UNKNOWN


PAGES = {
    "874": "\u0e44\u0e17\u0e22",
    "932": "\u8868\u80fd\u30bd",
    "936": "\u4ee3\u7406",
    "949": "\ud504\ub85d\uc2dc",
    "950": "\u8a31\u529f",
    "1250": "\u0159\u017e",
    "1251": "\u043f\u0440\u043e\u043a\u0441\u0438",
    "1252": "Ger\u00e4te",
    "1253": "\u03c0\u03b5\u03bb",
    "1254": "\u0131\u015f\u011f",
    "1255": "\u05d0\u05d1",
    "1256": "\u0633\u0644",
    "1257": "\u0105\u017e",
    "1258": "\u0111\u01b0",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_pointer_in_the_code_page_of_the_registry(page: str, tmp_path: Path) -> None:
    name = PAGES[page]
    pointer = points_to(f"C:\\{name}\\Mspclnt.ini".encode(f"cp{page}"))
    found = client(tmp_path, {**pointer, f"C/{name}/Mspclnt.ini": MSPCLNT}, registry(acp=page))
    assert (found.state, found.certainty) == (INSTALLED, DOCUMENTED)


@pytest.mark.parametrize("page", ["1251", "932"])
def test_a_provider_in_the_code_page_of_the_registry(page: str, tmp_path: Path) -> None:
    name = PAGES[page]
    catalog = [provider(f"C:\\{name}\\wspwsp.dll".encode(f"cp{page}"))]
    found = client(tmp_path, {f"C/{name}/Mspclnt.ini": MSPCLNT}, registry(catalog, acp=page))
    assert found.state == INSTALLED


@pytest.mark.parametrize(
    ("page", "data", "words"),
    [
        ("99999", b"\xcf\xf0", "the server's code page, 99999, is not known here"),
        ("1251\x1b[2J", b"\xcf\xf0", "the server's code page, 1251\\x1b[2J, is not known here"),
        ("../x", b"\xcf\xf0", "is not known here"),
        ("932", b"\x81", "the server's code page, 932, has no such bytes"),
    ],
)
def test_a_pointer_that_the_code_page_does_not_read(page: str, data: bytes, words: str, tmp_path: Path) -> None:
    found = client(tmp_path, points_to(b"C:\\" + data), registry(acp=page))
    assert (found.state, found.brief) == (UNKNOWN, "the pointer in System.ini cannot be followed")
    assert words in found.reason


@pytest.mark.parametrize("acp", [7, ""])
def test_a_code_page_that_the_registry_does_not_tell(acp: Any, tmp_path: Path) -> None:
    found = client(tmp_path, points_to(b"C:\\\xcf\xf0\\mspclnt.ini"), registry(acp=acp))
    assert found.brief.endswith("leads nowhere, its bytes above 127 read as code page 1252")
    assert "removed" not in found.reason


def test_a_pointer_to_nothing_in_a_known_code_page_says_what_may_have_happened(tmp_path: Path) -> None:
    found = client(tmp_path, points_to(b"C:\\\xcf\xf0\\mspclnt.ini"), registry(acp="1251"))
    assert "C:\\\u041f\u0440\\mspclnt.ini does not exist; perhaps the client was removed" in found.reason


class Counting(DriveRegistry):
    """The registry of a drive, which keeps what it was asked for."""

    asked: list[str]

    def value(self, key: str, name: str) -> Value | None:
        self.asked.append(name)
        return super().value(key, name)


def test_a_plain_pointer_costs_no_look_at_the_code_page(tmp_path: Path) -> None:
    tree = hive_trees(registry([provider(b"C:\\x\\wspwsp.dll")]))
    files = {**points_to(b"C:\\x\\mspclnt.ini"), "C/x/mspclnt.ini": MSPCLNT}
    drives = DriveFiles(build(tmp_path, {**files, **{f"C/WINNT/{path}": hive(each) for path, each in tree.items()}}))
    asked = Counting(drives, "C:\\WINNT")
    asked.asked = []
    assert gather(drives, Hints(), lambda _root: asked).client.state == INSTALLED
    assert "ACP" not in asked.asked
    assert asked.asked.count("PackedCatalogItem") == 1
    assert asked.asked.count("ProgramFilesDir") == 1
