# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upper case as Windows NT makes it, which is not that of Python."""

from __future__ import annotations

import hashlib
import struct

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.upcase import upper
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._windows.hive import Hive

from tests.lab.hives import hive

# Of 65,536 code units, least byte first: the file $UpCase of Windows NT to 2003, as Linux-NTFS published it.
TABLE = "19442bdd7623101de9e217a943b103283406ff96d332f6e7ca4e1fe06e111a53"


def test_the_table_is_that_of_ntfs() -> None:
    units = [ord(upper(chr(code))) for code in range(0x10000)]
    assert hashlib.sha256(struct.pack("<65536H", *units)).hexdigest() == TABLE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("administrator", "ADMINISTRATOR"),
        ("m\u00fcller", "M\u00dcLLER"),
        ("stra\u00dfe", "STRA\u00dfE"),
        ("\ufb01le", "\ufb01LE"),
        ("\u0131\u017f\u00b5", "\u0131\u017f\u00b5"),
        ("\u03bb\u03cc\u03b3\u03bf\u03c2", "\u039b\u038c\u0393\u039f\u03a3"),
        ("\u0436\u0491", "\u0416\u0490"),
        ("\u10d0\u13f8\uab70", "\u10d0\u13f8\uab70"),
        ("\u00ff", "\u0178"),
        ("\U00010428", "\U00010428"),
    ],
    ids=["ASCII", "Latin", "sharp s", "ligature", "not their own", "Greek", "Cyrillic", "later", "beyond", "two units"],
)
def test_upper(text: str, wanted: str) -> None:
    assert upper(text) == wanted
    assert len(upper(text)) == len(text)


def test_names_in_a_hive_follow_it() -> None:
    data = hive({"Stra\u00dfe": {"=Gru\u00df": 1}, "Gro\u0436": {}})
    found = Hive(lambda offset, count: data[offset : offset + count])
    assert found.value("STRA\u00dfE", "GRU\u00df") is not None
    assert found.has("gRO\u0416")
    assert not found.has("STRASSE")
    assert found.value("Stra\u00dfe", "GRUSS") is None
