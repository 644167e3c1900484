# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB messages over TCP: the NetBIOS session service, with bounds on size and time.

PRIVATE to the collection: no part of this file is a public interface.

RFC 1002 section 4.3 and MS-SMB section 2.1: each message follows four bytes that hold its
type and length; port 139 wants a session request first, port 445 does not.
"""

from __future__ import annotations

import socket
import struct
import time
from typing import NamedTuple

from ...module_utils._server.errors import ConnectionLost
from ...module_utils._server.upcase import upper

SESSION_PORT = 139
# Types of packets (RFC 1002 section 4.3.1).
SESSION_MESSAGE, SESSION_REQUEST, POSITIVE_RESPONSE, KEEP_ALIVE = 0x00, 0x81, 0x82, 0x85
NEGATIVE_RESPONSE, RETARGET_RESPONSE = 0x83, 0x84
# Where a server sends those who ask for a session: address and port (RFC 1002 section 4.3.5).
RETARGET = struct.Struct(">4sH")
# Why it grants none, and what to do (RFC 1002 section 4.3.4).
SET_THE_NAME = "set ansible_smb_netbios_name to the server's NetBIOS name"
NO_SESSION = {
    0x80: f"the server has the name {{name}}, but no file service listens under it (error 0x80); {SET_THE_NAME}, "
    "and see whether its Server service runs",
    0x81: "the server takes no session from a caller of our name, ANSIBLE (error 0x81): see who may connect to it",
    0x82: f"the NetBIOS session service knows no server called {{name}} (error 0x82); {SET_THE_NAME}",
    0x83: "the server is called {name}, but has no room for one more session (error 0x83): try again later",
    0x8F: "the NetBIOS session service granted no session, and does not say why (error 0x8f): see its event log",
}
# The last byte of a NetBIOS name: a file service, and a workstation.
SERVER_SERVICE, WORKSTATION = 0x20, 0x00
# What stands before each packet: its type in one byte, its length in three, the first byte first.
HEAD, TYPE_SHIFT, LENGTH_MASK = struct.Struct(">I"), 24, 0xFFFFFF
# The largest message that these servers send has about 64 KB.
LONGEST_MESSAGE = 0x1FFFF
MOST_KEEP_ALIVES = 16
INTERRUPTED = "the request before was interrupted"


class Refused(Exception):
    """No session could be had; nothing was sent that could have changed anything."""


class NotProved(Refused):
    """A logon was let in as somebody else."""


class Deadline:
    """The time that a whole task may take, and that each request in it may take."""

    def __init__(self, request_seconds: float, task_seconds: float) -> None:
        self._request = request_seconds
        self._task = task_seconds
        self._end = time.monotonic() + task_seconds

    def next(self) -> float:
        """Give the moment by which the next request must have ended."""
        return min(time.monotonic() + self._request, self._end)

    def extend(self, seconds: float) -> None:
        """Give the task more time: others had it."""
        self._end += seconds

    def describe(self) -> str:
        """Say which limit has been reached."""
        if time.monotonic() >= self._end:
            return f"the deadline of {self._task:g} seconds for the whole task has passed (ansible_smb_deadline)"
        return f"no answer within {self._request:g} seconds (ansible_timeout)"


class Packet(NamedTuple):
    """A packet of the session service: its type, and what stands behind its head."""

    type: int
    data: bytes


class Wire:
    """One TCP connection to a server. Counts the requests that were sent."""

    def __init__(self, host: str, port: int, deadline: Deadline, called_name: str) -> None:
        self._deadline = deadline
        self.requests = 0
        self._lost = ""
        try:
            self._socket = socket.create_connection((host, port), timeout=self._left(deadline.next()))
        except TimeoutError as error:
            raise Refused(deadline.describe()) from error
        except (UnicodeError, OverflowError) as error:
            raise Refused(f"{host!r} and port {port} cannot be an address ({error})") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        #: The server's address.
        self.peer = str(self._socket.getpeername()[0])
        if port == SESSION_PORT:
            try:
                self._request_session(called_name)
            except BaseException:
                self.close()
                raise

    def send_packet(self, data: bytes) -> None:
        """Send one SMB message; after a loss none, for a late answer would be taken for that to the next request."""
        if self._lost:
            raise ConnectionLost(self._lost)
        self.requests += 1
        self._send(Packet(SESSION_MESSAGE, data))

    def recv_packet(self) -> bytes:
        """Receive one SMB message within the limits; give it without the head of the session service."""
        end = self._deadline.next()
        for _attempt in range(MOST_KEEP_ALIVES):
            packet = self._receive(end)
            if packet.type == SESSION_MESSAGE:
                self._lost = ""
                return packet.data
            if packet.type != KEEP_ALIVE:
                break
        raise self._broken("the server sent something that is no SMB message")

    def give_up(self, reason: str) -> None:
        """Send no more: what the server sent is not to be trusted."""
        self._lost = reason

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _request_session(self, called_name: str) -> None:
        called, calling = _encoded_name(called_name, SERVER_SERVICE), _encoded_name("ANSIBLE", WORKSTATION)
        self._send(Packet(SESSION_REQUEST, called + calling))
        answer = self._receive(self._deadline.next())
        self._lost = ""
        if answer.type != POSITIVE_RESPONSE:
            raise Refused(_no_session(answer, called_name))

    def _send(self, packet: Packet) -> None:
        # Whatever ends this in the midst, a task's own time limit too, leaves the rest of it on the wire.
        self._lost = INTERRUPTED
        try:
            self._socket.settimeout(self._left(self._deadline.next()))
            self._socket.sendall(HEAD.pack(packet.type << TYPE_SHIFT | len(packet.data)) + packet.data)
        except TimeoutError as error:
            raise self._broken(self._deadline.describe()) from error
        except OSError as error:
            raise self._broken(f"the connection broke: {error.strerror or error}") from error

    def _receive(self, end: float) -> Packet:
        head = HEAD.unpack(self._read(HEAD.size, end))[0]
        length = head & LENGTH_MASK
        if length > LONGEST_MESSAGE:
            raise self._broken(f"the server announced a message of {length} bytes")
        return Packet(head >> TYPE_SHIFT, self._read(length, end))

    def _read(self, length: int, end: float) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            try:
                self._socket.settimeout(self._left(end))
                part = self._socket.recv(length - len(parts))
            except TimeoutError as error:
                raise self._broken(self._deadline.describe()) from error
            except OSError as error:
                raise self._broken(f"the connection broke: {error.strerror or error}") from error
            if not part:
                raise self._broken("the server closed the connection")
            parts += part
        return bytes(parts)

    def _broken(self, reason: str) -> ConnectionLost:
        self._lost = reason
        return ConnectionLost(reason)

    def _left(self, end: float) -> float:
        left = end - time.monotonic()
        if left <= 0:
            raise self._broken(self._deadline.describe())
        return left


def _no_session(answer: Packet, called_name: str) -> str:
    """Say why a session request had no success, and what to do."""
    if answer.type == RETARGET_RESPONSE and len(answer.data) >= RETARGET.size:
        address, port = RETARGET.unpack_from(answer.data)
        return (
            f"the server sends those who ask for {called_name} to {socket.inet_ntoa(address)}, port {port}; no server "
            "gets a logon because another names it: if that is the right one, set ansible_host and ansible_port to it"
        )
    if answer.type != NEGATIVE_RESPONSE:
        return f"what listens there is no NetBIOS session service: its answer has the type 0x{answer.type:02x}"
    code = answer.data[0] if answer.data else 0x8F
    known = NO_SESSION.get(code, "the NetBIOS session service granted no session, for a reason that is not known here")
    return known.format(name=called_name) if code in NO_SESSION else f"{known} (error 0x{code:02x})"


def _encoded_name(name: str, suffix: int) -> bytes:
    """Encode a NetBIOS name (RFC 1001 section 14.1)."""
    raw = upper(name).encode("ascii", "replace")[:15].ljust(15) + bytes([suffix])
    return b"\x20" + bytes(part for byte in raw for part in (0x41 + (byte >> 4), 0x41 + (byte & 15))) + b"\0"


__all__ = ("Deadline", "NotProved", "Refused", "Wire")
