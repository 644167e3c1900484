# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB1 messages without the SMB library: answers taken apart and checked, names in a code page.

PRIVATE to the collection: no part of this file is a public interface.

The layout is that of MS-CIFS section 2.2.3.
"""

from __future__ import annotations

import struct

from ...module_utils._server.errors import ConnectionLost, ServerError
from .status import StatusError

HEADER = 32
NT_STATUS = 0x4000
NUMBER_AT = 30
NAMES_HEAD = 12


class Answer:
    """One answer of a server, taken apart and checked."""

    def __init__(self, raw: bytes, command: int, number: int) -> None:
        told = (raw[:4], raw[4:5], raw[NUMBER_AT:HEADER])
        if len(raw) < HEADER + 3 or told != (b"\xffSMB", bytes((command,)), struct.pack("<H", number)):
            raise ConnectionLost("the server sent something that is no answer to the request")
        self.raw = raw
        status = status_in(raw)
        if status:
            raise StatusError(status)
        self.words = raw[HEADER + 1 : HEADER + 1 + 2 * raw[HEADER]]
        # Behind the words stands the count of the bytes.
        self._bytes = HEADER + 1 + 2 * raw[HEADER] + 2

    def expect_words(self, count: int) -> None:
        """Refuse an answer with fewer words than it must have."""
        if len(self.words) < 2 * count:
            raise ConnectionLost("the server's answer is shorter than it must be")

    def part(self, start: int, count: int) -> bytes:
        """Give bytes of the answer that its words lead to: behind the words, and all of them."""
        found = self.raw[start : start + count]
        if len(found) != count or (count and start < self._bytes):
            raise ConnectionLost("the server announced other data than it sent")
        return found

    def transacted(self) -> tuple[bytes, bytes]:
        """Give the parameters and the data of the answer to a transaction, which is a whole one."""
        self.expect_words(10)
        total, count, offset = struct.unpack_from("<2xH8xHH", self.words)
        if total != count:
            raise ConnectionLost("the server sent a part only of its answer")
        told, at = struct.unpack_from("<HH", self.words, 6)
        return self.part(at, told), self.part(offset, count)


def in_code_page(text: str) -> bytes:
    """Encode a name for a server without Unicode, whose code page is not known.

    Raises ServerError for what the two usual ones, 437 and 850, do not write alike.
    """
    try:
        encoded = text.encode("cp437")
        if encoded == text.encode("cp850"):
            return encoded
    except UnicodeEncodeError:
        pass
    name = text.partition("\0")[0]
    raise ServerError(
        f"{name}: this server takes no Unicode names, and its code page may not write this one as we would: "
        "give the short (8.3) name, or one in plain ASCII"
    )


def listed_names(data: bytes, most: int, wide: bool) -> list[str]:
    """Take a list of names apart (MS-CIFS 2.2.8.1.4): each says how many bytes on the next one stands."""
    names: list[str] = []
    while len(data) >= NAMES_HEAD:
        step, _index, length = struct.unpack_from("<III", data)
        raw = data[NAMES_HEAD : NAMES_HEAD + length]
        # The last one has no step; a smaller one would lead round in circles.
        if len(raw) != length or 0 < step < NAMES_HEAD or step > len(data) or len(names) == most:
            raise ConnectionLost("the server sent a list of names that is not in order")
        names.append((raw.decode("utf-16-le", "replace") if wide else raw.decode("cp437")).rstrip("\0"))
        data = data[step:] if step else b""
    return names


def listed_shares(parameters: bytes, data: bytes) -> list[str]:
    """Take a list of shares apart (MS-RAP 2.5.6.3.1): entries of 13 bytes, whose count the parameters tell."""
    if len(parameters) < 8:
        raise ConnectionLost("the server's list of shares is shorter than it must be")
    status, _converter, count, available = struct.unpack_from("<HHHH", parameters)
    entries = [data[at : at + 13].partition(b"\0")[0] for at in range(0, len(data) - 12, 13)]
    if status or count < available or len(entries) < count:
        raise ServerError("the server does not list all its shares")
    return [name.decode("cp437").upper() for name in entries[:count] if name]


def status_in(raw: bytes) -> int:
    """Give the status of an answer; a DOS error as the status that means the same."""
    status, flags = struct.unpack_from("<I", raw, 5)[0], struct.unpack_from("<H", raw, 10)[0]
    if status == 0 or flags & NT_STATUS:
        return int(status)
    # A DOS error, class and code: MS-CIFS section 2.2.2.4.
    known = {(1, 2): 0xC0000034, (1, 3): 0xC000003A, (1, 5): 0xC0000022, (1, 32): 0xC0000043, (2, 2): 0xC000006D}
    code = (raw[5], struct.unpack_from("<H", raw, 7)[0])
    return known.get(code, 0xC0000001)


__all__ = ("HEADER", "Answer", "in_code_page", "listed_names", "listed_shares", "status_in")
