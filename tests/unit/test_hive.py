# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._windows.hive import (
    MOST_CELLS,
    Hive,
    HiveError,
)
from regipy.registry import RegistryHive

from tests.lab.hives import hive
from tests.lab.trees import Expand, Tree
from tests.unit.damage import MUTATIONS, mutated

MTA = "ControlSet001\\Services\\MSExchangeMTA"
VALUES: dict[str, Any] = {
    "=ImagePath": Expand("D:\\exchsrvr\\bin\\emsmta.exe"),
    "=Start": 2,
    "=DependOnService": ["MSExchangeDS", "MSExchangeSA"],
    "=Short": b"ab",
    "=Empty": "",
    "=Long": b"y" * 40000,
    "=\u0416": "Greek and Cyrillic names are stored in two bytes",
}
TREE: Tree = {
    "Select": {"=Current": 1, "=LastKnownGood": 2},
    "ControlSet001": {"Services": {"MSExchangeMTA": VALUES, "\u0416uk": {"=": "of the key itself"}, "Empty": {}}},
}


def opened(data: bytes) -> Hive:
    return Hive(lambda offset, count: data[offset : offset + count])


def test_values_of_every_kind() -> None:
    found = opened(hive(TREE))
    assert found.value(MTA, "imagepath") == (2, "D:\\exchsrvr\\bin\\emsmta.exe\0".encode("utf-16-le"))
    assert found.value(MTA, "START") == (4, b"\x02\0\0\0")
    assert found.value(MTA, "DependOnService") == (7, "MSExchangeDS\0MSExchangeSA\0\0".encode("utf-16-le"))
    assert found.value(MTA, "Short") == (3, b"ab")
    assert found.value(MTA, "Long") == (3, b"y" * 40000)
    assert found.value(MTA, "\u0436") is not None
    assert found.value("controlset001\\SERVICES\\\u0436UK", "") is not None
    assert found.value(MTA, "nothing") is None
    assert found.value(MTA + "\\nothing", "Start") is None


def test_keys() -> None:
    found = opened(hive(TREE))
    assert all(found.has(path) for path in ("", "select", MTA, MTA.upper(), "ControlSet001\\Services\\Empty"))
    assert not any(found.has(path) for path in ("x", "Select\\x", "x\\" * 1000))


def leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, str]]:
    for name, each in tree.items():
        if name.startswith("="):
            yield path, name[1:]
        else:
            yield from leaves(each, f"{path}\\{name}")


def test_another_reader_finds_the_same(tmp_path: Path) -> None:
    data = hive(TREE)
    (tmp_path / "system").write_bytes(data)
    ours, other = opened(data), RegistryHive(str(tmp_path / "system"))
    checked = 0
    for path, name in leaves(TREE):
        kind, raw = ours.value(path, name) or (0, b"")
        theirs = {value.name: value for value in other.get_key(path).iter_values(as_json=False, trim_values=False)}
        value = theirs[name or "(default)"]
        wanted = {"REG_SZ": 1, "REG_EXPAND_SZ": 2, "REG_BINARY": 3, "REG_DWORD": 4, "REG_MULTI_SZ": 7}
        assert kind == wanted[str(value.value_type)], name
        if kind in (1, 2):
            assert raw.decode("utf-16-le").rstrip("\0") == value.value
        elif kind == 4:
            assert struct.unpack("<I", raw)[0] == value.value
        checked += 1
    assert checked == len(list(leaves(TREE))) > 8


def test_four_thousand_services_in_a_list_of_lists() -> None:
    services = {f"svc{number:04}": {"=Start": 3, "=ImagePath": "x" * 200} for number in range(4000)}
    data = hive({"ControlSet001": {"Services": {**services, "MSExchangeMTA": VALUES}}})
    assert b"ri" in data
    assert opened(data).value(MTA, "Start") == (4, b"\x02\0\0\0")
    assert opened(data).has("ControlSet001\\Services\\svc3999")


@pytest.mark.parametrize("clean", [True, False])
def test_whether_it_was_closed_in_good_order(clean: bool) -> None:
    data = hive(TREE, clean)
    assert opened(data).clean is clean
    # The checksum covers the first block.
    assert not opened(data[:100] + b"x" + data[101:]).clean
    assert opened(data).has(MTA)


@pytest.mark.parametrize("data", [b"", b"regf", b"x" * 10000, b"regf" + b"\0" * 5000, hive(TREE)[:4096]])
def test_what_is_no_hive(data: bytes) -> None:
    with pytest.raises(HiveError):
        opened(data)


def key_cell(data: bytes | bytearray, name: bytes) -> int:
    """Give the place of a key's cell, behind its size."""
    at = data.index(name) - 76
    assert data[at : at + 2] == b"nk"
    return at


@pytest.mark.parametrize(
    ("offset", "number"),
    [(20, 2**31), (20, 2), (20, 0xFFFFFFFF), (28, 0xFFFFFFFF), (28, 0xFFFFFFF0), (28, 32), (28, 33)],
)
def test_counts_and_offsets_that_lie(offset: int, number: int) -> None:
    data = bytearray(hive(TREE))
    struct.pack_into("<I", data, key_cell(data, b"Services") + offset, number)
    with pytest.raises(HiveError):
        opened(bytes(data)).has("ControlSet001\\Services\\none")


def test_a_key_that_is_its_own_child() -> None:
    data = bytearray(hive({"outer": {"inner": {"=x": 1}}}))
    # The first list is that of "outer"; its one entry gets the offset of "outer".
    struct.pack_into("<I", data, data.index(b"lf\x01\0") + 4, key_cell(data, b"outer") - 4096 - 4)
    found = opened(bytes(data))
    assert found.has("outer\\outer\\outer")
    assert not found.has("outer\\" * 5000)


def test_a_list_of_lists_that_holds_itself() -> None:
    data = bytearray(hive({"k": {f"n{number:04}": {} for number in range(1200)}}))
    at = data.index(b"ri")
    struct.pack_into("<I", data, at + 4, at - 4096 - 4)
    with pytest.raises(HiveError):
        opened(bytes(data)).has("k\\none")


def test_lists_that_name_one_large_key_again_and_again_end_in_time() -> None:
    data = bytearray(hive({"k": {f"n{number:04}": {"=x": b"x" * 60_000} for number in range(500)}}))
    key, at = key_cell(data, b"n0000"), data.index(b"lf\xf4\x01")
    for entry in range(500):
        struct.pack_into("<I", data, at + 4 + 8 * entry, key - 4096 - 4)
    # The key's cell reaches to the end of the file.
    struct.pack_into("<i", data, key - 4, key - 4 - len(data))
    found = opened(bytes(data))
    begin = time.process_time()
    with pytest.raises(HiveError, match="lead round in circles"):
        any(found.has(f"k\\other{number}") for number in range(MOST_CELLS))
    assert time.process_time() - begin < 20


def test_damage_is_one_error_of_ours_or_an_answer() -> None:
    source, errors = random.Random(254909), 0
    data = hive(TREE)
    begin = time.process_time()
    for _number in range(MUTATIONS):
        try:
            found = opened(mutated(data, source))
            for path, name in leaves(TREE):
                found.value(path, name)
            found.has("ControlSet001\\Services\\Other")
        except HiveError:
            errors += 1
    assert 200 < errors < MUTATIONS
    assert time.process_time() - begin < MUTATIONS * 0.05
