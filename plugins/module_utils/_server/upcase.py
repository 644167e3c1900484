# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upper case as Windows NT makes it: one code unit of UTF-16 to one, by a table. Pure.

PRIVATE to the collection: no part of this file is a public interface.

Windows compares names of files, of registry keys and of accounts in this upper case
(RtlUpcaseUnicodeString; MS-NLMP section 3.3.2 for accounts). Its table is older than the
Unicode of today: a letter whose upper case came later stays as it is, and so does one that
would become two letters, such as sharp s. What is here agrees, code unit for code unit,
with the table that NTFS volumes of Windows NT to 2003 hold in their file $UpCase, as the
Linux-NTFS project published it. That the other names follow the same table is inferred.
"""

from __future__ import annotations

from typing import Dict

# First and last letter of each alphabet with an upper case in that table: Latin, phonetic letters, Greek, Coptic,
# Cyrillic, Armenian, Latin and Greek with several marks, Roman numerals, letters in circles, wide letters.
ALPHABETS = (
    (0x0061, 0x0217),
    (0x0253, 0x0292),
    (0x03AC, 0x03CE),
    (0x03E3, 0x03EF),
    (0x0430, 0x04F9),
    (0x0561, 0x0586),
    (0x1E01, 0x1EF9),
    (0x1F00, 0x1FE5),
    (0x2170, 0x217F),
    (0x24D0, 0x24E9),
    (0xFF41, 0xFF5A),
)
# Letters between them that it leaves alone. The Unicode of its time knew no upper case for some (0x0195, 0x01F9); for
# others it is not this letter's own: micro sign, dotless i, long s, titles such as 0x01C5, Greek iota below.
UNPAIRED_LATIN = (0xB5, 0x131, 0x17F, 0x180, 0x195, 0x19A, 0x19E, 0x1BF, 0x1C5, 0x1C8, 0x1CB, 0x1F2, 0x1F9, 0x1E9B)
UNPAIRED_CYRILLIC = (0x450, 0x45D, 0x48B, 0x48D, 0x48F, 0x4C6, 0x4CA, 0x4CE, 0x4CF, 0x4ED, 0x4F7)
UNPAIRED = frozenset((*UNPAIRED_LATIN, *UNPAIRED_CYRILLIC, 0x280, 0x289, 0x28C, 0x1FBE))
# Upper cases from here to the wide letters came with later versions of Unicode.
LATER, WIDE = 0x2C00, 0xFF21


class _Table(Dict[int, int]):
    """Filled as letters are met."""

    def __missing__(self, code: int) -> int:
        self[code] = upper_case = _upper_of(code)
        return upper_case


def _upper_of(code: int) -> int:
    if code in UNPAIRED or not any(first <= code <= last for first, last in ALPHABETS):
        return code
    found = chr(code).upper()
    return code if len(found) > 1 or LATER <= ord(found) < WIDE else ord(found)


_TABLE = _Table()


def upper(text: str) -> str:
    """Give a text in the upper case in which Windows compares names; as many characters as before."""
    return text.upper() if text.isascii() else text.translate(_TABLE)


__all__ = ("upper",)
