# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB1 sessions: the only file that imports the SMB library.

PRIVATE to the collection: no part of this file is a public interface.

The library (impacket) negotiates, logs on and signs. The requests for files are not its
own, since those ask for an oplock, which makes other programs wait for half a minute, and
do not check the sizes and offsets that a server sends.
"""

from __future__ import annotations

import os
from typing import Any

from ...module_utils._server.errors import ConnectionLost, ServerError
from . import request
from .answer import Answer, SessionSetupAnswer, status_of
from .header import FLAGS2_UNICODE, HEADER_SIZE, MIN_MESSAGE, PROTOCOL, SmbHeader, message
from .layout import unpack
from .names import encode_name
from .ntlm import Account, Responses, ntlmv2_responses
from .request import CAP_EXTENDED_SECURITY, CAP_LARGE_WRITE, CAP_UNICODE, WRITE_HEAD, SmbRequest
from .status import StatusError
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

# A bit of the SecurityMode that a server negotiates (MS-CIFS section 2.2.4.52.2).
SIGNING_REQUIRED = 0x08
LARGEST_CHUNK = 60000
# The room that the answer to a transaction may take besides its data, and the most data that are asked for.
ANSWER_HEAD, MAX_DATA_COUNT = 256, 0x4000
# What a server sends unasked has the MID behind the last.
LAST_MID = 0xFFFE


class Session:
    """One SMB1 session over a wire."""

    def __init__(self, wire: Wire, name: str, host: str) -> None:
        self._wire = wire
        self._tids: dict[str, int] = {}
        self._mid = 0
        try:
            self._smb = smb.SMB(name, host, session=wire)
        except (ConnectionLost, Refused) as error:
            raise Refused(f"it does not answer to SMB1, or closed the connection ({error})") from error
        except Exception as error:
            raise Refused(f"its answer to SMB1 cannot be understood: {_reason(wire.last, error)}") from error
        parameters: Any = self._smb._dialects_parameters
        self._capabilities = int(parameters["Capabilities"])
        self._max_buffer_size = int(parameters["MaxBufferSize"])
        self._signing_required = bool(int(parameters["SecurityMode"]) & SIGNING_REQUIRED)
        #: Whether names are in Unicode in this session.
        self.unicode = bool(self._capabilities & CAP_UNICODE)

    @property
    def chunk(self) -> int:
        """The most bytes that one read or write carries."""
        if self._capabilities & CAP_LARGE_WRITE and not self._signing_required:
            return LARGEST_CHUNK
        return max((min(self._max_buffer_size, LARGEST_CHUNK) - WRITE_HEAD) & ~0x3FF, 0x400)

    @property
    def max_data_count(self) -> int:
        """The most bytes of data that the answer to a transaction may have."""
        return min(self._max_buffer_size - ANSWER_HEAD, MAX_DATA_COUNT) & 0xFFFF

    def log_on(self, account: Account) -> None:
        """Log on; refuse a guest session in its place.

        Raises StatusError for what the server refuses, Refused for what is refused here.
        """
        extended = self._capabilities & CAP_EXTENDED_SECURITY
        if self._signing_required and not extended:
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
            raise StatusError(status_of(unpack(SmbHeader, self._wire.last))) from None
        except (ConnectionLost, ServerError, Refused, StatusError):
            raise
        except Exception as error:
            raise ConnectionLost(f"its answer to the logon cannot be understood ({type(error).__name__})") from None
        if self._smb.isGuestSession():
            raise NotProved("it let this user in as a guest only: check ansible_user and ansible_smb_domain")
        self._announce_unicode()

    def tree_connect(self, share: str) -> int:
        """Connect to a share, once; give its TID.

        Raises StatusError, with the share, where the server does not let it in.
        """
        tid = self._tids.get(share.upper())
        if tid is None:
            # By its address: some servers take no other name of theirs than their own (KB 281308).
            path = self.encode_name(f"\\\\{self._wire.peer}\\{share}\0".upper())
            try:
                tid = self.exchange(request.tree_connect(path), 0).header.tid
            except StatusError as error:
                raise StatusError(error.status, share) from None
            self._tids[share.upper()] = tid
        return tid

    def exchange(self, asked: SmbRequest, tid: int) -> Answer:
        """Send a request for a share and give the answer to it, and to no other.

        Raises StatusError for a refusal, ConnectionLost where no answer to it came.
        """
        self._mid = self._mid % LAST_MID + 1
        if self._signing_required:
            self._send_signed(asked, tid)
        else:
            self._send(asked, tid)
        raw = self._wire.recv_packet().get_trailer()
        try:
            return Answer(raw, asked.command, self._mid)
        except ConnectionLost as error:
            # What else is on the line may be another's answer.
            self._wire.give_up(str(error))
            raise

    def _send(self, asked: SmbRequest, tid: int) -> None:
        """Send a request as it is: the library would take a third of a look's time to put it together."""
        flags, flags2 = self._smb.get_flags()
        header = SmbHeader(
            protocol=PROTOCOL,
            command=asked.command,
            flags=flags,
            flags2=flags2,
            tid=tid,
            pid_low=os.getpid() & 0xFFFF,
            uid=self._smb.get_uid(),
            mid=self._mid,
        )
        self._wire.send_packet(message(header, asked.words, asked.data))

    def _send_signed(self, asked: SmbRequest, tid: int) -> None:
        packet = smb.NewSMBPacket()
        packet["Tid"], packet["Mid"] = tid, self._mid
        block = smb.SMBCommand(asked.command)
        block["Parameters"], block["Data"] = asked.words, asked.data
        packet.addCommand(block)
        self._smb.sendSMB(packet)

    def encode_name(self, name: str) -> bytes:
        """Encode a name as the server takes it; raise ServerError where it may not read it as we would."""
        return encode_name(name, self.unicode)

    def close(self) -> None:
        """End the session."""
        self._wire.close()

    def _log_on_extended(self, account: Account) -> None:
        user, password, domain = account.user, account.password, account.domain
        if account.auth == "ntlmv2":
            self._smb.login_extended(user, password, domain, use_ntlmv2=True)
            return
        # The NT hash in the place of the LM hash: a server may ask for the LM response, which gives the password away.
        nt_hash = ntlm.compute_nthash(password)
        self._smb.login_extended(user, password, domain, lmhash=nt_hash, nthash=nt_hash, use_ntlmv2=False)

    def _log_on_plain(self, account: Account) -> None:
        """Log on where the server offers no extended security, as NT 4.0 does."""
        responses = self._responses(account)
        self._announce_unicode()
        names = b"".join(self.encode_name(f"{name}\0") for name in (account.user, account.domain, "Unix", "Ansible"))
        asked = request.session_setup(
            responses.lm,
            responses.nt,
            names,
            unicode=self.unicode,
            max_buffer_size=self._max_buffer_size,
            session_key=int(self._smb._dialects_parameters["SessionKey"]),
        )
        answer = self.exchange(asked, 0)
        self._smb._action = answer.words(SessionSetupAnswer).action
        self._smb.set_uid(answer.header.uid)

    def _responses(self, account: Account) -> Responses:
        nt_hash = ntlm.compute_nthash(account.password)
        challenge = self._smb.get_encryption_key()
        challenge = challenge if isinstance(challenge, bytes) else challenge.encode("latin-1")
        if account.auth == "ntlmv1":
            response = ntlm.get_ntlmv1_response(nt_hash, challenge)
            return Responses(response, response)
        return ntlmv2_responses(nt_hash, challenge, account)

    def _announce_unicode(self) -> None:
        """Say in all messages from now on in which way names are written."""
        flags2 = self._smb.get_flags()[1] & ~FLAGS2_UNICODE
        self._smb.set_flags(flags2=flags2 | (FLAGS2_UNICODE if self.unicode else 0))


def _reason(last: bytes, error: Exception) -> str:
    """Say why the negotiation failed; the answer has one word where no dialect is taken (MS-CIFS 2.2.4.52.2)."""
    if len(last) >= MIN_MESSAGE and last[:4] == PROTOCOL and last[HEADER_SIZE] == 1:
        return "it offers no SMB1 dialect that is known here (NT LM 0.12)"
    return type(error).__name__


__all__ = ("IMPORT_ERROR", "LARGEST_CHUNK", "Session")
