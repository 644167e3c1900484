# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB1 sessions: the only file that imports the SMB library.

PRIVATE to the collection: no part of this file is a public interface.

The library (impacket) negotiates, logs on and signs. The requests for files are built
here, since its own ask for an oplock, which makes other programs wait for half a minute,
and each answer is checked: sizes and offsets that a server sends are not trusted. The
layout of the messages is that of MS-CIFS section 2.2.4.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server import ConnectionLost, ServerError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._netbios import NotProved, Refused, Wire
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb_answer import (
    HEADER,
    Answer,
    in_code_page,
    listed_names,
    status_in,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._status import UNKNOWN_REQUEST, StatusError

try:
    from impacket import ntlm, smb
except ImportError as error:
    IMPORT_ERROR: ImportError | None = error
else:
    IMPORT_ERROR = None
    # The crypto library compiles some of its code at the first use: once here, before
    # the controller forks, and not once per host.
    ntlm.get_ntlmv1_response(ntlm.compute_nthash("warm up"), b"\0" * 8)
    ntlm.hmac_md5(b"key", b"data")

NEGOTIATE, SESSION_SETUP, TREE_CONNECT = 0x72, 0x73, 0x75
CREATE, READ, WRITE, FLUSH, CLOSE, DELETE = 0xA2, 0x2E, 0x2F, 0x05, 0x04, 0x06
CORE_WRITE = 0x0B
TRANSACTION, TRANSACTION2 = 0x25, 0x32
FIND_FIRST, QUERY_PATH, SET_FILE = 1, 5, 8
NAMES_INFO = 0x103
ANY_FILE, CLOSE_SEARCH, MOST_NAMES = 0x16, 0x01, 100
TRANSACT_PIPE = 0x26
BASIC_INFO, END_OF_FILE_INFO = 0x101, 0x104
NO_ANDX = (0xFF, 0, 0)
UNICODE = 0x8000
CAP_UNICODE, CAP_LARGE_WRITE, CAP_EXTENDED_SECURITY = 0x4, 0x8000, 0x80000000
SIGNING_REQUIRED = 0x08
GUEST = 0x01
READ_DATA, WRITE_DATA, READ_ATTRIBUTES = 0x1, 0x2, 0x80
SHARE_NONE, SHARE_READ, SHARE_WRITE, SHARE_ALL = 0, 1, 2, 7
OPEN, CREATE_NEW, OPEN_IF = 1, 2, 3
NOT_A_DIRECTORY = 0x40
ATTRIBUTE_READ_ONLY, ATTRIBUTE_DIRECTORY = 0x01, 0x10
LARGEST_CHUNK = 60000
# A write's header, words, count of bytes and filler, which count towards the server's buffer (MS-CIFS 3.2.4.1.1).
WRITE_HEAD = HEADER + 1 + 28 + 2 + 1
# An offset has 32 bits in the requests that all servers know.
FURTHEST = 0xFFFFFFFF


@dataclass(frozen=True)
class Account:
    """Who logs on, and how. Its text never shows the password."""

    user: str
    password: str = field(repr=False)
    domain: str
    auth: str


class Opened(NamedTuple):
    """An open file: share and file ids, size in bytes, DOS attributes."""

    tree: int
    file: int
    size: int
    attributes: int


class Session:
    """One SMB1 session over a wire."""

    def __init__(self, wire: Wire, name: str, host: str) -> None:
        self._wire = wire
        self._trees: dict[str, int] = {}
        self._shortened: set[Opened] = set()
        try:
            self._smb = smb.SMB(name, host, session=wire)
        except (ConnectionLost, Refused) as error:
            raise Refused(f"it does not answer to SMB1, or closed the connection ({error})") from error
        except Exception as error:
            raise Refused(f"its answer to SMB1 cannot be understood: {_why_not(wire.last, error)}") from error
        parameters: Any = self._smb._dialects_parameters
        self._capabilities = int(parameters["Capabilities"])
        self._buffer = int(parameters["MaxBufferSize"])
        self._signing = bool(int(parameters["SecurityMode"]) & SIGNING_REQUIRED)
        self._unicode = bool(self._capabilities & CAP_UNICODE)

    @property
    def chunk(self) -> int:
        """The most bytes that one read or write carries."""
        if self._capabilities & CAP_LARGE_WRITE and not self._signing:
            return LARGEST_CHUNK
        return max((min(self._buffer, LARGEST_CHUNK) - WRITE_HEAD) & ~0x3FF, 0x400)

    def log_on(self, account: Account) -> None:
        """Log on; refuse a guest session in its place.

        Raises StatusError for what the server refuses, Refused for what is refused here.
        """
        extended = self._capabilities & CAP_EXTENDED_SECURITY
        if self._signing and not extended:
            raise Refused(
                "it requires signed messages and offers no extended security, which is not supported: "
                "use a mounted drive, or turn RequireSecuritySignature off on the server"
            )
        try:
            if extended:
                self._log_on_extended(account)
            else:
                self._log_on_plain(account)
        except smb.SessionError:
            raise StatusError(status_in(self._wire.last)) from None
        except (ServerError, Refused, StatusError):
            raise
        except Exception as error:
            raise NotProved(f"its answer to the logon cannot be understood ({type(error).__name__})") from None
        if self._smb.isGuestSession():
            raise NotProved("it let this user in as a guest only: check ansible_user and ansible_smb_domain")
        self._announce_unicode()

    def tree(self, share: str) -> int:
        """Connect to a share, once; give its id."""
        tree = self._trees.get(share.upper())
        if tree is None:
            path = self._text(f"\\\\{self._smb.get_remote_host()}\\{share}".upper()) + self._text("\0")
            words = struct.pack("<BBHHH", *NO_ANDX, 0, 1)
            try:
                answer = self._request(TREE_CONNECT, words, b"\0" + path + b"?????\0", 0)
            except StatusError as error:
                raise StatusError(error.status, share) from None
            tree = self._trees[share.upper()] = int(struct.unpack_from("<H", answer.raw, 24)[0])
        return tree

    def open(self, share: str, path: str, access: int, sharing: int, disposition: int = OPEN) -> Opened:
        """Open a file, without an oplock."""
        tree = self.tree(share)
        name = self._text(path)
        words = struct.pack(
            "<BBHBHIIIQIIIIIB",
            *NO_ANDX,
            0,
            len(name),
            0,
            0,
            access | READ_ATTRIBUTES,
            0,
            0,
            sharing,
            disposition,
            NOT_A_DIRECTORY,
            2,
            0,
        )
        pad = b"\0" if self._unicode else b""
        answer = self._request(CREATE, words, pad + name + self._text("\0"), tree)
        answer.expect_words(34)
        file = struct.unpack_from("<H", answer.words, 5)[0]
        attributes, _allocated, size = struct.unpack_from("<IQQ", answer.words, 43)
        return Opened(tree, file, size, attributes)

    def read(self, opened: Opened, limit: int) -> bytes:
        """Read a file from its start up to its end; more than limit bytes are not read."""
        data = bytearray()
        while len(data) <= limit:
            part = self._read_part(opened, len(data), self.chunk)
            if not part:
                self._expect_end(opened, len(data))
                break
            data += part
        return bytes(data)

    def read_at(self, opened: Opened, offset: int, count: int) -> bytes:
        """Read count bytes at an offset, fewer at the end of the file."""
        data = bytearray()
        count = min(count, FURTHEST - offset)
        while len(data) < count:
            part = self._read_part(opened, offset + len(data), min(count - len(data), self.chunk))
            data += part
            if not part or offset + len(data) >= opened.size:
                self._expect_end(opened, offset + len(data))
                break
        return bytes(data)

    def _expect_end(self, opened: Opened, at: int) -> None:
        """Refuse an end that comes before that of the file as it was opened, unless it was shortened here."""
        if at < opened.size and opened not in self._shortened:
            raise ServerError(
                f"the server gave {at} of the {opened.size} bytes that the file had when it was opened: it was changed "
                "meanwhile, or the server is at fault; run the task again"
            )

    def _read_part(self, opened: Opened, offset: int, chunk: int) -> bytes:
        words = struct.pack("<BBHHIHHIHI", *NO_ANDX, opened.file, offset, chunk, 0, 0, 0, 0)
        answer = self._request(READ, words, b"", opened.tree)
        answer.expect_words(12)
        length, start = struct.unpack_from("<HH", answer.words, 10)
        if length > chunk:
            raise ConnectionLost("the server sent more of a file than was asked for")
        return answer.part(start, length)

    def write(self, opened: Opened, offset: int, data: bytes) -> None:
        """Write data, in one request where it fits into a chunk."""
        for start in range(0, len(data), self.chunk):
            self._write_part(opened, offset + start, data[start : start + self.chunk])

    def _write_part(self, opened: Opened, offset: int, part: bytes) -> None:
        words = struct.pack(
            "<BBHHIIHHHHHI", *NO_ANDX, opened.file, offset, 0, 0, len(part), 0, len(part), WRITE_HEAD, 0
        )
        answer = self._request(WRITE, words, b"\0" + part, opened.tree)
        answer.expect_words(6)
        if struct.unpack_from("<H", answer.words, 4)[0] != len(part):
            raise StatusError(0xC000007F)

    def truncate(self, opened: Opened, size: int) -> None:
        """Set the size of an open file."""
        self._shortened.add(opened)
        words = struct.pack("<HHH", opened.file, END_OF_FILE_INFO, 0)
        try:
            self._transaction2(SET_FILE, words, struct.pack("<Q", size), opened.tree)
        except StatusError as error:
            if error.status not in UNKNOWN_REQUEST:
                raise
            # A write of no bytes does the same on the oldest servers (MS-CIFS section 2.2.4.12).
            words = struct.pack("<HHIH", opened.file, 0, size, 0)
            self._request(CORE_WRITE, words, b"\x01\0\0", opened.tree)

    def flush(self, opened: Opened) -> None:
        """Have an open file written to the server's disk."""
        self._request(FLUSH, struct.pack("<H", opened.file), b"", opened.tree)

    def close_file(self, opened: Opened) -> None:
        """Close an open file."""
        self._shortened.discard(opened)
        self._request(CLOSE, struct.pack("<HI", opened.file, 0xFFFFFFFF), b"", opened.tree)

    def delete(self, share: str, path: str) -> None:
        """Delete a file."""
        self._request(DELETE, struct.pack("<H", 0x06), b"\x04" + self._text(path + "\0"), self.tree(share))

    def attributes(self, share: str, path: str) -> int:
        """Give the DOS attributes of a file or folder."""
        parameters = struct.pack("<HI", BASIC_INFO, 0) + self._text(path + "\0")
        data = self._transaction2(QUERY_PATH, parameters, b"", self.tree(share))
        if len(data) < 36:
            raise ConnectionLost("the server sent less than it should about a file")
        return int(struct.unpack_from("<I", data, 32)[0])

    def names(self, share: str, pattern: str) -> list[str]:
        """Give the names that a pattern finds, as many as one answer holds (MS-CIFS 2.2.6.2)."""
        parameters = struct.pack("<HHHHI", ANY_FILE, MOST_NAMES, CLOSE_SEARCH, NAMES_INFO, 0)
        parameters += self._text(pattern + "\0")
        data = self._transaction2(FIND_FIRST, parameters, b"", self.tree(share))
        return listed_names(data, MOST_NAMES, self._unicode)

    def shares(self) -> list[str]:
        """Give the names of the shares, as the LAN Manager call NetShareEnum tells (MS-RAP 2.5.6)."""
        tree = self.tree("IPC$")
        parameters = struct.pack("<H", 0) + b"WrLeh\0" + b"B13\0" + struct.pack("<HH", 0, 0x1000)
        name = self._text("\\PIPE\\LANMAN\0")
        data = self._transaction(TRANSACTION, b"", name, parameters, b"", tree)
        names = [data[at : at + 13].split(b"\0")[0] for at in range(0, len(data) - 12, 13)]
        return [found.decode("cp437").upper() for found in names if found]

    def pipe(self, name: str) -> Pipe:
        """Open a named pipe of the server."""
        opened = self.open("IPC$", f"\\{name}", READ_DATA | WRITE_DATA, SHARE_READ | SHARE_WRITE)
        return Pipe(self, opened)

    def transact(self, pipe: Opened, data: bytes) -> bytes:
        """Write to a pipe and read its answer in one request (MS-CIFS 2.2.5.6)."""
        setup = struct.pack("<HH", TRANSACT_PIPE, pipe.file)
        return self._transaction(TRANSACTION, setup, self._text("\\PIPE\\\0"), b"", data, pipe.tree)

    def close(self) -> None:
        """End the session."""
        self._wire.close()

    def _transaction2(self, setup: int, parameters: bytes, data: bytes, tree: int) -> bytes:
        return self._transaction(TRANSACTION2, struct.pack("<H", setup), b"\0", parameters, data, tree)

    def _transaction(self, command: int, setup: bytes, name: bytes, parameters: bytes, data: bytes, tree: int) -> bytes:
        start = HEADER + 1 + 28 + len(setup) + 2
        lead = b"\0" * (start % 2 if command == TRANSACTION and self._unicode else 0) + name
        lead += b"\0" * (-(start + len(lead)) % 4)
        gap = b"\0" * (-(len(parameters)) % 4)
        at = start + len(lead)
        behind = at + len(parameters) + len(gap)
        words = struct.pack(
            "<HHHHBBHIHHHHHBB",
            *(len(parameters), len(data), 64, min(self._buffer - 256, 0x4000) & 0xFFFF),
            *(0, 0, 0, 0, 0),
            *(len(parameters), at, len(data), behind, len(setup) // 2, 0),
        )
        answer = self._request(command, words + setup, lead + parameters + gap + data, tree)
        answer.expect_words(10)
        count, offset = struct.unpack_from("<HH", answer.words, 12)
        if struct.unpack_from("<H", answer.words, 2)[0] != count:
            raise ConnectionLost("the server sent a part only of its answer")
        return answer.part(offset, count)

    def _request(self, command: int, words: bytes, data: bytes, tree: int) -> Answer:
        packet = smb.NewSMBPacket()
        packet["Tid"] = tree
        block = smb.SMBCommand(command)
        block["Parameters"] = words
        block["Data"] = data
        packet.addCommand(block)
        self._smb.sendSMB(packet)
        return Answer(self._wire.recv_packet().get_trailer(), command)

    def _text(self, text: str) -> bytes:
        return text.encode("utf-16-le") if self._unicode else in_code_page(text)

    def _log_on_extended(self, account: Account) -> None:
        user, password, domain = account.user, account.password, account.domain
        if account.auth == "ntlmv2":
            self._smb.login_extended(user, password, domain, use_ntlmv2=True)
            return
        # The NT hash in the place of the LM hash: a server may ask for the LM response, which gives the password away.
        nt = ntlm.compute_nthash(password)
        self._smb.login_extended(user, password, domain, lmhash=nt, nthash=nt, use_ntlmv2=False)

    def _log_on_plain(self, account: Account) -> None:
        """Log on where the server offers no extended security, as NT 4.0 does."""
        hashed = ntlm.compute_nthash(account.password)
        challenge = self._smb.get_encryption_key()
        challenge = challenge if isinstance(challenge, bytes) else challenge.encode("latin-1")
        if account.auth == "ntlmv1":
            lm = nt = ntlm.get_ntlmv1_response(hashed, challenge)
        else:
            lm, nt = _ntlmv2_responses(hashed, challenge, account)
        self._announce_unicode()
        answer = self._request(SESSION_SETUP, *self._plain_setup(lm, nt, account), 0)
        answer.expect_words(3)
        self._smb.set_uid(struct.unpack_from("<H", answer.raw, 28)[0])
        self._smb._action = struct.unpack_from("<H", answer.words, 4)[0]

    def _plain_setup(self, lm: bytes, nt: bytes, account: Account) -> tuple[bytes, bytes]:
        capabilities = 0x40 | 0x4000 | CAP_LARGE_WRITE | CAP_UNICODE
        key = int(self._smb._dialects_parameters["SessionKey"])
        words = struct.pack(
            "<BBHHHHIHHII", *NO_ANDX, 0xFFFF & max(self._buffer, 4356), 2, 1, key, len(lm), len(nt), 0, capabilities
        )
        # Texts in Unicode begin at an even place of the message (MS-CIFS section 2.2.4.53.1).
        place = HEADER + 1 + len(words) + 2 + len(lm) + len(nt)
        pad = b"\0" * (place % 2) if self._unicode else b""
        names = (account.user, account.domain, "Unix", "Ansible")
        return words, lm + nt + pad + b"".join(self._text(name + "\0") for name in names)

    def _announce_unicode(self) -> None:
        """Say in all messages from now on in which way names are written."""
        flags = self._smb.get_flags()[1] & ~UNICODE
        self._smb.set_flags(flags2=flags | (UNICODE if self._unicode else 0))


class Pipe:
    """An open named pipe."""

    def __init__(self, session: Session, opened: Opened) -> None:
        self._session = session
        self._opened = opened

    def transact(self, data: bytes) -> bytes:
        """Send a message and give the answer to it."""
        return self._session.transact(self._opened, data)


def _why_not(last: bytes, error: Exception) -> str:
    if len(last) >= HEADER + 3 and last[:4] == b"\xffSMB" and last[HEADER] == 1:
        return "it offers no SMB1 dialect that is known here (NT LM 0.12)"
    return type(error).__name__


def _ntlmv2_responses(hashed: bytes, challenge: bytes, account: Account) -> tuple[bytes, bytes]:
    """Give the LMv2 and NTLMv2 responses (MS-NLMP section 3.3.2), which NT 4.0 SP4 understands."""
    name = (account.user.upper() + account.domain).encode("utf-16-le")
    key = hmac.new(hashed, name, hashlib.md5).digest()
    own = os.urandom(8)
    now = int((time.time() + 11644473600) * 10_000_000)
    blob = b"\x01\x01" + bytes(6) + struct.pack("<Q", now) + own + bytes(12)
    lm = hmac.new(key, challenge + own, hashlib.md5).digest() + own
    return lm, hmac.new(key, challenge + blob, hashlib.md5).digest() + blob


__all__ = (
    "ATTRIBUTE_DIRECTORY",
    "ATTRIBUTE_READ_ONLY",
    "CREATE_NEW",
    "IMPORT_ERROR",
    "OPEN_IF",
    "READ_DATA",
    "SHARE_ALL",
    "SHARE_NONE",
    "SHARE_READ",
    "WRITE_DATA",
    "Account",
    "Opened",
    "Pipe",
    "Session",
)
