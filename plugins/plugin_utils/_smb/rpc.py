# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remote procedure calls over a named pipe (MS-RPCE section 2.2.2; C706 chapter 12).

PRIVATE to the collection: no part of this file is a public interface.

The SMB library has this too. Its calls ask again without end where a server keeps saying
that there is more, and cost several times what the rest of a look costs.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple
from uuid import UUID

from ...module_utils._server.errors import ConnectionLost, ServerError
from .handle import SmbHandle
from .layout import UCHAR, ULONG, USHORT, Structure, pack, size_of, structure, unpack
from .session import LONGEST_MESSAGE

# Types of PDU, flags of one, and the integer format of its data.
BIND, BIND_ACK, BIND_NAK, REQUEST, RESPONSE, FAULT = 11, 12, 13, 0, 2, 3
FIRST_FRAG, LAST_FRAG = 0x01, 0x02
LITTLE_ENDIAN = b"\x10\0\0\0"
# In bytes. The fragments that all can take (C706 section 12.6.3.1); where others follow, each holds about as much.
LEAST_FRAGMENT, LEAST_PART = 1432, 1024


@structure
class Header(NamedTuple):
    """Common header of a PDU (C706 section 12.6.3.1)."""

    rpc_vers: UCHAR
    rpc_vers_minor: UCHAR
    ptype: UCHAR
    pfc_flags: UCHAR
    packed_drep: Annotated[bytes, "4s"]
    frag_length: USHORT
    auth_length: USHORT
    call_id: ULONG


@structure
class SyntaxId(NamedTuple):
    """p_syntax_id_t: an interface, or a way to write data (C706 section 12.6.3.1)."""

    uuid: Annotated[bytes, "16s"]
    version: ULONG


NOT_WHOLE = "the server sent something that is no whole answer to the call"
NDR = SyntaxId(UUID("8a885d04-1ceb-11c9-9fe8-08002b104860").bytes_le, 2)


@structure
class Bind(NamedTuple):
    """Body of a bind with one context: the interface, and NDR for its data (C706 section 12.6.4.3)."""

    max_xmit_frag: USHORT = LONGEST_MESSAGE
    max_recv_frag: USHORT = LONGEST_MESSAGE
    assoc_group_id: ULONG = 0
    n_context_elem: UCHAR = 1
    reserved: UCHAR = 0
    reserved2: USHORT = 0
    p_cont_id: USHORT = 0
    n_transfer_syn: UCHAR = 1
    reserved3: UCHAR = 0


@structure
class BindAck(NamedTuple):
    """Body of a bind_ack before the secondary address (C706 section 12.6.4.4)."""

    max_xmit_frag: USHORT
    max_recv_frag: USHORT
    assoc_group_id: ULONG
    sec_addr_length: USHORT


@structure
class BindResult(NamedTuple):
    """The first result in a bind_ack, which begins at an offset that four divides (C706 section 12.6.4.4)."""

    n_results: UCHAR
    reserved: UCHAR
    reserved2: USHORT
    result: USHORT


@structure
class Request(NamedTuple):
    """Body of a request before the stub data (C706 section 12.6.4.9)."""

    alloc_hint: ULONG
    p_cont_id: USHORT
    opnum: USHORT


@structure
class Response(NamedTuple):
    """Body of a response or fault before what follows (C706 sections 12.6.4.7 and 12.6.4.10)."""

    alloc_hint: ULONG
    p_cont_id: USHORT
    cancel_count: UCHAR
    reserved: UCHAR


@structure
class Fault(NamedTuple):
    """What follows in a fault (C706 section 12.6.4.7)."""

    status: ULONG


@structure
class UnicodeString(NamedTuple):
    """RPC_UNICODE_STRING before its letters (MS-DTYP section 2.3.10)."""

    length: USHORT
    maximum_length: USHORT
    buffer: ULONG
    max_count: ULONG
    offset: ULONG
    actual_count: ULONG


@structure
class EmptyString(NamedTuple):
    """The same without letters, and so without a buffer."""

    length: USHORT = 0
    maximum_length: USHORT = 0
    buffer: ULONG = 0


def unicode_string(text: str) -> bytes:
    """Encode an RPC_UNICODE_STRING, and the bytes behind it up to an offset that four divides."""
    raw = text.encode("utf-16-le")
    if not raw:
        return pack(EmptyString())
    count = len(raw) // 2
    head = UnicodeString(len(raw), len(raw), buffer=0x20000, max_count=count, offset=0, actual_count=count)
    return pack(head) + raw + b"\0" * (-len(raw) % 4)


def unpack_stub(kind: type[Structure], data: bytes, offset: int = 0) -> Structure:
    """Take a structure out of the answer to a call; raise ConnectionLost where it ends before."""
    return unpack(kind, data, offset, "answer to a call")


class Rpc:
    """One interface of a server, bound over a named pipe.

    Raises ServerError where the server does not offer it, and ConnectionLost and StatusError as the pipe does.
    """

    def __init__(self, pipe: SmbHandle, interface: SyntaxId) -> None:
        self._pipe = pipe
        self._calls = 0
        answer = self._send(BIND, pack(Bind()) + pack(interface) + pack(NDR))
        self._check(answer, BIND_ACK, FIRST_FRAG | LAST_FRAG)
        body = answer[size_of(Header) :]
        told = unpack_stub(BindAck, body)
        if unpack_stub(BindResult, body, (size_of(BindAck) + told.sec_addr_length + 3) & ~3).result != 0:
            raise ServerError("the server does not offer by this pipe what is asked of it")
        fragment = min(max(told.max_xmit_frag, LEAST_FRAGMENT), LONGEST_MESSAGE)
        #: How many bytes of what a procedure returns fit into one fragment, and so into one answer.
        self.room = fragment - size_of(Header) - size_of(Response)

    def call(self, opnum: int, arguments: bytes, longest: int = 0) -> bytes:
        """Call a procedure; both its arguments and what it returns are NDR.

        longest: how many bytes it may return where they do not fit into one fragment.
        Raises ServerError for a fault, ConnectionLost for an answer that is not whole, or longer.
        """
        body = pack(Request(alloc_hint=len(arguments), p_cont_id=0, opnum=opnum)) + arguments
        fragment = self._send(REQUEST, body)
        returned = bytearray()
        first = FIRST_FRAG
        while not self._check(fragment, RESPONSE, first) & LAST_FRAG:
            first = 0
            returned += self._part(fragment, LEAST_PART)
            if len(returned) >= longest:
                raise ConnectionLost(NOT_WHOLE)
            fragment = self._pipe.read_message()
        return bytes(returned + self._part(fragment, 0))

    def _send(self, ptype: int, body: bytes) -> bytes:
        """Send a PDU; give the first fragment of the answer."""
        self._calls += 1
        head = Header(
            rpc_vers=5,
            rpc_vers_minor=0,
            ptype=ptype,
            pfc_flags=FIRST_FRAG | LAST_FRAG,
            packed_drep=LITTLE_ENDIAN,
            frag_length=size_of(Header) + len(body),
            auth_length=0,
            call_id=self._calls,
        )
        return self._pipe.transact(pack(head) + body)

    def _part(self, fragment: bytes, least: int) -> bytes:
        """Give what a fragment of a response holds; refuse fewer bytes than the least, as they may have no end."""
        part = fragment[size_of(Header) + size_of(Response) :]
        if len(part) < least:
            raise ConnectionLost(NOT_WHOLE)
        return part

    def _check(self, answer: bytes, wanted: int, flags: int) -> int:
        """Refuse what is no fragment of the wanted type of the answer to the last call; give its flags.

        flags: those that it must have, of FIRST_FRAG and LAST_FRAG; the first stands in the first fragment alone.
        """
        if answer[2:3] == bytes((BIND_NAK,)):
            raise ServerError("the server refused to be asked by this pipe")
        # A bind_nak alone is shorter than a header and what a response has.
        unpack_stub(Response, answer, size_of(Header))
        head = unpack_stub(Header, answer)
        if head.ptype == FAULT:
            status = unpack_stub(Fault, answer, size_of(Header) + size_of(Response)).status
            raise ServerError(f"the server refused the call (fault 0x{status:08x})")
        if not (
            head.ptype == wanted
            and head.pfc_flags & flags == flags
            and head.pfc_flags & FIRST_FRAG == flags & FIRST_FRAG
            and head.packed_drep[0] == LITTLE_ENDIAN[0]
            and head.frag_length == len(answer)
            and head.auth_length == 0
            and head.call_id == self._calls
        ):
            raise ConnectionLost(NOT_WHOLE)
        return head.pfc_flags


__all__ = ("Rpc", "SyntaxId", "unicode_string", "unpack_stub")
