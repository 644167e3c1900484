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

import struct
from typing import Any, NamedTuple

from ...module_utils._server.errors import ConnectionLost, ServerError
from . import request
from .answer import (
    HEADER,
    Answer,
    in_code_page,
    listed_names,
    listed_shares,
    status_in,
)
from .ntlm import (
    Account,
    ntlmv2_responses,
    session_setup,
)
from .request import Request
from .status import (
    DISK_FULL,
    END_OF_FILE,
    UNKNOWN_REQUEST,
    StatusError,
)
from .wire import NotProved, Refused, Wire

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

UNICODE = 0x8000
CAP_UNICODE, CAP_LARGE_WRITE, CAP_EXTENDED_SECURITY = 0x4, 0x8000, 0x80000000
SIGNING_REQUIRED = 0x08
READ_DATA, WRITE_DATA = 0x1, 0x2
SHARE_NONE, SHARE_READ, SHARE_WRITE, SHARE_ALL = 0, 1, 2, 7
OPEN, CREATE_NEW, OPEN_IF = 1, 2, 3
ATTRIBUTE_READ_ONLY, ATTRIBUTE_DIRECTORY = 0x01, 0x10
LARGEST_CHUNK = 60000
# An offset has 32 bits in the requests that all servers know.
FURTHEST = 0xFFFFFFFF
# The numbers of requests; what a server sends unasked has the number behind the last.
LAST_NUMBER = 0xFFFE


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
        self._number = 0
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
        return max((min(self._buffer, LARGEST_CHUNK) - request.WRITE_HEAD) & ~0x3FF, 0x400)

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
        except (ConnectionLost, ServerError, Refused, StatusError):
            raise
        except Exception as error:
            raise ConnectionLost(f"its answer to the logon cannot be understood ({type(error).__name__})") from None
        if self._smb.isGuestSession():
            raise NotProved("it let this user in as a guest only: check ansible_user and ansible_smb_domain")
        self._announce_unicode()

    def tree(self, share: str) -> int:
        """Connect to a share, once; give its id."""
        tree = self._trees.get(share.upper())
        if tree is None:
            # By its address: some servers take no other name of theirs than their own (KB 281308).
            path = self._text(f"\\\\{self._wire.peer}\\{share}\0".upper())
            try:
                answer = self._ask(request.tree_connect(path), 0)
            except StatusError as error:
                raise StatusError(error.status, share) from None
            tree = self._trees[share.upper()] = int(struct.unpack_from("<H", answer.raw, 24)[0])
        return tree

    def open(self, share: str, path: str, access: int, sharing: int, disposition: int = OPEN) -> Opened:
        """Open a file, without an oplock."""
        tree = self.tree(share)
        answer = self._ask(request.create(self._text(path), self._text("\0"), access, sharing, disposition), tree)
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
            raise StatusError(END_OF_FILE)

    def _read_part(self, opened: Opened, offset: int, chunk: int) -> bytes:
        answer = self._ask(request.read(opened.file, offset, chunk), opened.tree)
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
        answer = self._ask(request.write(opened.file, offset, part), opened.tree)
        answer.expect_words(6)
        if struct.unpack_from("<H", answer.words, 4)[0] != len(part):
            raise StatusError(DISK_FULL)

    def truncate(self, opened: Opened, size: int) -> None:
        """Set the size of an open file."""
        self._shortened.add(opened)
        words = struct.pack("<HHH", opened.file, request.END_OF_FILE_INFO, 0)
        try:
            self._transaction2(request.SET_FILE, words, struct.pack("<Q", size), opened.tree)
        except StatusError as error:
            if error.status not in UNKNOWN_REQUEST:
                raise
            # The oldest servers know the older way alone.
            self._ask(request.core_truncate(opened.file, size), opened.tree)

    def flush(self, opened: Opened) -> None:
        """Have an open file written to the server's disk."""
        self._ask(request.flush(opened.file), opened.tree)

    def close_file(self, opened: Opened) -> None:
        """Close an open file."""
        self._shortened.discard(opened)
        self._ask(request.close(opened.file), opened.tree)

    def delete(self, share: str, path: str) -> None:
        """Delete a file."""
        self._ask(request.delete(self._text(path + "\0")), self.tree(share))

    def attributes(self, share: str, path: str) -> int:
        """Give the DOS attributes of a file or folder."""
        parameters = struct.pack("<HI", request.BASIC_INFO, 0) + self._text(path + "\0")
        _told, data = self._transaction2(request.QUERY_PATH, parameters, b"", self.tree(share))
        if len(data) < 36:
            raise ConnectionLost("the server sent less than it should about a file")
        return int(struct.unpack_from("<I", data, 32)[0])

    def names(self, share: str, pattern: str) -> list[str]:
        """Give the names that a pattern finds, as many as one answer holds (MS-CIFS 2.2.6.2)."""
        most = request.MOST_NAMES
        parameters = struct.pack("<HHHHI", request.ANY_FILE, most, request.CLOSE_SEARCH, request.NAMES_INFO, 0)
        parameters += self._text(pattern + "\0")
        _told, data = self._transaction2(request.FIND_FIRST, parameters, b"", self.tree(share))
        return listed_names(data, most, self._unicode)

    def shares(self) -> list[str]:
        """Give the names of the shares, as the LAN Manager call NetShareEnum tells (MS-RAP 2.5.6).

        Raises StatusError, or ServerError where it does not tell all.
        """
        tree = self.tree("IPC$")
        parameters = struct.pack("<H", 0) + b"WrLeh\0" + b"B13\0" + struct.pack("<HH", 0, 0x1000)
        return listed_shares(*self._transaction(b"", "\\PIPE\\LANMAN\0", parameters, b"", tree))

    def pipe(self, name: str) -> Pipe:
        """Open a named pipe of the server."""
        opened = self.open("IPC$", f"\\{name}", READ_DATA | WRITE_DATA, SHARE_READ | SHARE_WRITE)
        return Pipe(self, opened)

    def transact(self, pipe: Opened, data: bytes) -> bytes:
        """Write to a pipe and read its answer in one request (MS-CIFS 2.2.5.6)."""
        setup = struct.pack("<HH", request.TRANSACT_PIPE, pipe.file)
        return self._transaction(setup, "\\PIPE\\\0", b"", data, pipe.tree)[1]

    def close(self) -> None:
        """End the session."""
        self._wire.close()

    def _transaction2(self, setup: int, parameters: bytes, data: bytes, tree: int) -> tuple[bytes, bytes]:
        return self._ask(request.transaction2(setup, parameters, data, self._room), tree).transacted()

    def _transaction(self, setup: bytes, name: str, parameters: bytes, data: bytes, tree: int) -> tuple[bytes, bytes]:
        """Give the parameters and the data of the answer."""
        asked = request.transaction(setup, self._text(name), self._unicode, parameters, data, self._room)
        return self._ask(asked, tree).transacted()

    @property
    def _room(self) -> int:
        return min(self._buffer - 256, 0x4000) & 0xFFFF

    def _ask(self, asked: Request, tree: int) -> Answer:
        """Send a request and give the answer to it, and to no other."""
        self._number = self._number % LAST_NUMBER + 1
        packet = smb.NewSMBPacket()
        packet["Tid"], packet["Mid"] = tree, self._number
        block = smb.SMBCommand(asked.command)
        block["Parameters"], block["Data"] = asked.words, asked.data
        packet.addCommand(block)
        self._smb.sendSMB(packet)
        raw = self._wire.recv_packet().get_trailer()
        try:
            return Answer(raw, asked.command, self._number)
        except ConnectionLost as error:
            # What else is on the line may be another's answer.
            self._wire.give_up(str(error))
            raise

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
            lm, nt = ntlmv2_responses(hashed, challenge, account)
        self._announce_unicode()
        key = int(self._smb._dialects_parameters["SessionKey"])
        names = b"".join(self._text(name + "\0") for name in (account.user, account.domain, "Unix", "Ansible"))
        asked = session_setup(lm, nt, names, wide=self._unicode, buffer=self._buffer, key=key)
        answer = self._ask(asked, 0)
        answer.expect_words(3)
        self._smb.set_uid(struct.unpack_from("<H", answer.raw, 28)[0])
        self._smb._action = struct.unpack_from("<H", answer.words, 4)[0]

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
