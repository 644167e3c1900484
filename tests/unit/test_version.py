# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random
import struct
import time

import pefile
import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.builds import product
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import DOCUMENTED, INFERRED
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._windows.version_resource import (
    VersionError,
    file_version,
    version_resource,
)

from tests.lab.programs import Version, program
from tests.unit.damage import MUTATIONS, mutated

MTA: Version = (5, 5, 2653, 23)
ALPHA, MIPS, POWER_PC = 0x184, 0x166, 0x1F0


class File:
    """Bytes that are read in parts, which are counted."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads = 0

    def read(self, offset: int, count: int) -> bytes:
        self.reads += 1
        assert 0 < count <= 4096
        # More cannot be asked for over SMB.
        assert offset + count <= 2**32
        return self.data[offset : offset + count]


@pytest.mark.parametrize("machine", [0x14C, ALPHA, MIPS, POWER_PC])
@pytest.mark.parametrize("size", [0, 4096, 5000, 1_200_000, 8_000_000])
def test_the_version_costs_few_reads(size: int, machine: int) -> None:
    file = File(program(MTA, "Microsoft Exchange MTA", size, machine))
    assert file_version(file.read) == MTA
    assert file.reads <= 3


@pytest.mark.parametrize("version", [MTA, (4, 0, 837, 9), (0, 0, 0, 0), (65535, 65535, 65535, 65535)])
def test_another_reader_finds_the_same(version: Version) -> None:
    data = program(version, "x", 20000)
    (info,) = pefile.PE(data=data).VS_FIXEDFILEINFO
    assert file_version(File(data).read) == version
    assert struct.unpack(">4H", struct.pack(">II", info.FileVersionMS, info.FileVersionLS)) == version


@pytest.mark.parametrize(
    "data", [b"", b"MZ", b"MZ: stands for the program\r\n", b"text" * 2000, b"MZ" * 3000, program(None)]
)
def test_what_has_no_version(data: bytes) -> None:
    assert file_version(File(data).read) is None


@pytest.mark.parametrize("place", [2**31, 0xFFFFF000, 0xFFFFFFFE])
def test_a_header_beyond_the_file_is_none(place: int) -> None:
    data = bytearray(program(MTA))
    struct.pack_into("<I", data, 60, place)
    assert file_version(File(bytes(data)).read) is None


def test_the_description_is_in_the_resource() -> None:
    resource = version_resource(File(program(MTA, "Microsoft Remote Windows Socket 32-Bit DLL")).read)
    assert resource is not None
    assert "Remote Windows Socket".encode("utf-16-le") in resource


def test_damage_is_one_error_of_ours_or_an_answer() -> None:
    source, errors, answers = random.Random(254909), 0, 0
    data = program(MTA, "Microsoft Exchange MTA")
    begin = time.process_time()
    for _number in range(MUTATIONS):
        file = File(mutated(data, source))
        try:
            answers += file_version(file.read) is not None
        except VersionError:
            errors += 1
        assert file.reads <= 64
    assert errors > 200
    assert answers > 200
    assert time.process_time() - begin < MUTATIONS * 0.05


# KB Q163294, row by row; then fixes, and what is not of the article.
TABLE = [
    ((4, 0, 837, 9), "Exchange Server 4.0", True, DOCUMENTED),
    ((4, 0, 838, 10), "Exchange Server 4.0 SP1", True, DOCUMENTED),
    ((4, 0, 993, 6), "Exchange Server 4.0 SP2", True, DOCUMENTED),
    ((4, 0, 994, 54), "Exchange Server 4.0 SP3", True, DOCUMENTED),
    ((4, 0, 995, 54), "Exchange Server 4.0 SP4", True, DOCUMENTED),
    ((4, 0, 996, 72), "Exchange Server 4.0 SP5", True, DOCUMENTED),
    ((4, 0, 997, 3), "Exchange Server 4.0 after SP5", True, DOCUMENTED),
    ((5, 0, 1457, 8), "Exchange Server 5.0", True, DOCUMENTED),
    ((5, 0, 1458, 56), "Exchange Server 5.0 SP1", True, DOCUMENTED),
    ((5, 0, 1460, 13), "Exchange Server 5.0 SP2", True, DOCUMENTED),
    ((5, 0, 1462, 10), "Exchange Server 5.0 after SP2", True, DOCUMENTED),
    ((5, 5, 1960, 3), "Exchange Server 5.5", True, DOCUMENTED),
    ((5, 5, 2232, 18), "Exchange Server 5.5 SP1", True, DOCUMENTED),
    ((5, 5, 2448, 1), "Exchange Server 5.5 SP2", True, DOCUMENTED),
    ((5, 5, 2621, 0), "Exchange Server 5.5 after SP2", True, DOCUMENTED),
    ((5, 5, 2650, 24), "Exchange Server 5.5 SP3", True, DOCUMENTED),
    ((5, 5, 2653, 23), "Exchange Server 5.5 SP4", True, DOCUMENTED),
    ((5, 5, 2656, 22), "Exchange Server 5.5 after SP4", True, DOCUMENTED),
    ((5, 5, 1000, 0), "Exchange Server 5.5 before its release", True, DOCUMENTED),
    # KB Q319936 prints this version for a fix of 5.5.
    ((6, 0, 2656, 20), "Exchange Server 5.5 after SP4", True, INFERRED),
    ((6, 0, 4417, 5), "Exchange 2000 Server", False, INFERRED),
    ((6, 0, 6249, 0), "Exchange 2000 Server", False, INFERRED),
    ((6, 5, 6944, 0), "Exchange Server 2003", False, INFERRED),
    ((8, 0, 685, 24), "an Exchange Server of version 8.0", False, INFERRED),
]


@pytest.mark.parametrize(("version", "name", "in_article", "certainty"), TABLE, ids=[row[1] for row in TABLE])
def test_products(version: Version, name: str, in_article: bool, certainty: str) -> None:
    found = product(version)
    assert (found.name, found.in_article, found.certainty) == (name, in_article, certainty)


@pytest.mark.parametrize("build", [1960, 2232, 2448, 2650])
def test_a_name_is_documented_where_its_file_version_is_printed(build: int) -> None:
    assert product((5, 5, build, 1)).named_by == "KB Q163294 and Q243604"
    assert product((5, 5, build + 1, 1)).named_by.startswith("inferred")
    assert product((4, 0, 837, 9)).named_by.startswith("inferred")
