# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures of messages, for a server that requires them (MS-CIFS section 3.1.4.1). Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import hashlib

from .header import FLAGS2_SIGNED, SmbHeader, message

SIGNATURE_SIZE = 8
# Both logon messages, and their answers, count (MS-SMB section 3.2.4.1).
FIRST_SEQUENCE = 2


class Signer:
    """Signs the messages of a session, one after another.

    key: the session key of the logon; with extended security nothing follows it (MS-SMB section 3.1.4.1).
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._sequence = FIRST_SEQUENCE

    def message(self, header: SmbHeader, words: bytes, data: bytes) -> bytes:
        """Give a message with its signature."""
        # Where the signature will be there is the number of the message.
        number = self._sequence.to_bytes(SIGNATURE_SIZE, "little")
        numbered = header._replace(flags2=header.flags2 | FLAGS2_SIGNED, security_features=number)
        signature = hashlib.md5(self._key + message(numbered, words, data)).digest()[:SIGNATURE_SIZE]
        # The answer has the number between.
        self._sequence += 2
        return message(numbered._replace(security_features=signature), words, data)


__all__ = ("Signer",)
