# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB1 sessions: the only file that imports the SMB library.

PRIVATE to the collection: no part of this file is a public interface.

The library (impacket) has the ciphers of a logon, which are in no other place of Python,
as public functions. The requests are not its own: those for files ask for an oplock, which
makes other programs wait for half a minute, and do not check the sizes and offsets that a
server sends. The logon has other letters in upper case than Windows, and takes any answer
for a success. Whether a server wants signatures stands in private members alone.
"""

from __future__ import annotations

import os
import time

from ...module_utils._server.errors import ConnectionLost
from ...module_utils._server.upcase import upper
from . import request
from .answer import Answer, DialectAnswer, NegotiateAnswer, SessionSetupAnswer
from .header import (
    FLAGS2_EXTENDED_SECURITY,
    FLAGS2_LONG_NAMES,
    FLAGS2_NT_STATUS,
    FLAGS2_UNICODE,
    FLAGS_CANONICALIZED_PATHS,
    FLAGS_CASE_INSENSITIVE,
    PROTOCOL,
    SmbHeader,
    message,
)
from .layout import SECONDS_TO_1970, TICKS
from .names import encode_name
from .ntlm import (
    KEPT,
    KEY_EXCHANGE,
    NO_ATTRIBUTES,
    NTLM,
    Account,
    Challenge,
    Responses,
    authenticate_message,
    challenge_in,
    first_token,
    negotiate_message,
    next_token,
    ntlmv2_responses,
)
from .request import CAP_EXTENDED_SECURITY, CAP_LARGE_WRITE, CAP_UNICODE, NEGOTIATE, WRITE_HEAD, SmbRequest
from .signing import Signer
from .status import MORE_PROCESSING_REQUIRED, StatusError
from .wire import NotProved, Refused, Wire

try:
    # By name: a version without one of them is missed here, and named in the error.
    from impacket.ntlm import (
        KXKEY,
        compute_nthash,
        computeResponseNTLMv1,
        generateEncryptedSessionKey,
        get_ntlmv1_response,
    )

    # The crypto library compiles some of its code at the first use: once here, before
    # the controller forks, and not once per host.
    get_ntlmv1_response(compute_nthash("warm up"), b"\0" * 8)
except ImportError as error:
    IMPORT_ERROR: ImportError | None = error
except NameError as error:
    # impacket goes on without its crypto library, and lacks its names.
    IMPORT_ERROR = ImportError(f"pycryptodomex, which it needs, is missing: {error}")
else:
    IMPORT_ERROR = None

# A bit of the SecurityMode that a server negotiates (MS-CIFS section 2.2.4.52.2).
SIGNING_REQUIRED = 0x08
CHALLENGE_SIZE = 8
# A bit of the Action with which a server lets in (MS-CIFS section 2.2.4.53.2).
GUEST = 0x01
LARGEST_CHUNK = 60000
# The room that the answer to a transaction may take besides its data, and the most data that are asked for.
ANSWER_HEAD, MAX_DATA_COUNT = 256, 0x4000
# In bytes: the longest message of a pipe. What its answer has besides still fits into a server's buffer of 4 KB.
LONGEST_MESSAGE = 4280
# What a server sends unasked has the MID behind the last.
LAST_MID = 0xFFFE
# There is no share before one is connected to.
NO_TID = 0xFFFF
FLAGS = FLAGS_CASE_INSENSITIVE | FLAGS_CANONICALIZED_PATHS
CHECK_SERVER = "see that ansible_host is the server, and that it speaks SMB1"
FLAGS2 = FLAGS2_LONG_NAMES | FLAGS2_EXTENDED_SECURITY | FLAGS2_NT_STATUS


class Session:
    """One SMB1 session over a wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._tids: dict[str, int] = {}
        self._mid = self._uid = 0
        self._flags2 = FLAGS2
        self._signer: Signer | None = None
        self._asked = 0
        self._challenge: Challenge | None = None
        answer = self._negotiate()
        words = answer.words(NegotiateAnswer)
        self._capabilities = words.capabilities
        self._max_buffer_size = words.max_buffer_size
        self._session_key = words.session_key
        #: By how many seconds the server's clock is ahead of the one here; None where it tells no time.
        self.clock = _ahead(words.system_time)
        self._signing_required = bool(words.security_mode & SIGNING_REQUIRED)
        self._challenge_of_dialect = answer.behind_words()[: words.challenge_length]
        #: Whether names are in Unicode in this session.
        self.unicode = bool(self._capabilities & CAP_UNICODE)

    def _negotiate(self) -> Answer:
        """Agree on the dialect; give the answer, which has its words."""
        try:
            self._send(request.negotiate(), NO_TID)
            raw = self._wire.recv_packet()
        except ConnectionLost as error:
            raise Refused(f"it does not answer to SMB1, or closed the connection ({error}): {CHECK_SERVER}") from error
        try:
            answer = Answer(raw, NEGOTIATE, self._mid)
            # An answer that takes no dialect may have this one word alone.
            if answer.words(DialectAnswer).dialect_index != 0:
                raise Refused(f"it offers no SMB1 dialect that is known here (NT LM 0.12): {CHECK_SERVER}")
            answer.words(NegotiateAnswer)
        except ConnectionLost as error:
            raise Refused(f"its answer to SMB1 cannot be understood: {error}") from error
        except StatusError as error:
            raise Refused(f"it refuses to speak SMB1: {error}") from error
        return answer

    @property
    def chunk(self) -> int:
        """The most bytes that one read or write carries."""
        if self._capabilities & CAP_LARGE_WRITE and not self._signing_required:
            return LARGEST_CHUNK
        return max((min(self._max_buffer_size, LARGEST_CHUNK) - WRITE_HEAD) & ~0x3FF, 0x400)

    @property
    def max_data_count(self) -> int:
        """The most bytes of data that the answer to a transaction may have."""
        return max(min(self._max_buffer_size - ANSWER_HEAD, MAX_DATA_COUNT), LONGEST_MESSAGE)

    def prepare(self, account: Account) -> None:
        """Get the server's challenge: all of a logon but the one message that can be a bad one.

        Raises Refused for what is refused, here or there.
        """
        self._challenge = self._challenge_for(account)

    def _challenge_for(self, account: Account) -> Challenge:
        extended = self._capabilities & CAP_EXTENDED_SECURITY
        if self._signing_required and not extended:
            raise Refused(
                "it requires signed messages and offers no extended security, which is not supported: "
                "use a mounted drive, or turn RequireSecuritySignature off on the server"
            )
        try:
            return self._ask_for_challenge(account) if extended else self._plain_challenge()
        except (ConnectionLost, StatusError) as error:
            raise Refused(f"no logon was tried: {error}") from error

    def log_on(self, account: Account) -> None:
        """Log on; refuse a guest session in its place.

        Raises StatusError for what the server refuses, Refused for what is refused here, and
        ConnectionLost where there was no answer that can be one.
        """
        challenge = self._challenge if self._challenge is not None else self._challenge_for(account)
        self._challenge = None
        if self._capabilities & CAP_EXTENDED_SECURITY:
            answer = self._log_on_extended(account, challenge)
        else:
            answer = self._log_on_plain(account, challenge)
        if answer.words(SessionSetupAnswer).action & GUEST:
            raise NotProved("it let this user in as a guest only: check ansible_user and ansible_smb_domain")
        self._uid = answer.header.uid
        self._announce_unicode(self.unicode)

    def tree_connect(self, share: str) -> int:
        """Connect to a share, once; give its TID.

        Raises StatusError, with the share, where the server does not let it in.
        """
        share = upper(share)
        tid = self._tids.get(share)
        if tid is None:
            # By its address: some servers take no other name of theirs than their own (KB 281308).
            path = self.encode_name(f"\\\\{self._wire.peer}\\{share}\0")
            try:
                tid = self.exchange(request.tree_connect(path), 0).header.tid
            except StatusError as error:
                raise StatusError(error.status, share) from None
            self._tids[share] = tid
        return tid

    def exchange(self, asked: SmbRequest, tid: int, expected: int = 0) -> Answer:
        """Send a request for a share and give the answer to it, and to no other; expected: its status.

        Raises StatusError for a refusal, ConnectionLost where no answer to it came.
        """
        self._mid = self._mid % LAST_MID + 1
        self._send(asked, tid)
        raw = self._wire.recv_packet()
        try:
            return Answer(raw, asked.command, self._mid, expected)
        except ConnectionLost as error:
            # What else is on the line may be another's answer.
            self._wire.give_up(str(error))
            raise

    def _send(self, asked: SmbRequest, tid: int) -> None:
        header = SmbHeader(
            protocol=PROTOCOL,
            command=asked.command,
            flags=FLAGS,
            flags2=self._flags2,
            tid=tid,
            pid_low=os.getpid() & 0xFFFF,
            uid=self._uid,
            mid=self._mid,
        )
        put_together = self._signer.message if self._signer is not None else message
        self._wire.send_packet(put_together(header, asked.words, asked.data))

    def encode_name(self, name: str) -> bytes:
        """Encode a name as the server takes it; raise ServerError where it may not read it as we would."""
        return encode_name(name, self.unicode)

    def close(self) -> None:
        """End the session."""
        self._wire.close()

    def _ask_for_challenge(self, account: Account) -> Challenge:
        # The names in these messages are in no need of Unicode, and some servers would have them at another place.
        self._announce_unicode(False)
        self._asked, message = negotiate_message(account.auth == "ntlmv2", self._signing_required)
        asked = request.extended_session_setup(first_token(message))
        answer = self.exchange(asked, 0, MORE_PROCESSING_REQUIRED)
        self._uid = answer.header.uid
        return challenge_in(answer.behind_words())

    def _plain_challenge(self) -> Challenge:
        """Give the challenge that came with the dialect (MS-CIFS section 2.2.4.52.2)."""
        challenge = self._challenge_of_dialect
        if len(challenge) != CHALLENGE_SIZE:
            raise Refused(
                f"its challenge has {len(challenge)} bytes in place of {CHALLENGE_SIZE}: an answer to that could give "
                "the password away"
            )
        return Challenge(0, challenge, NO_ATTRIBUTES)

    def _log_on_extended(self, account: Account, challenge: Challenge) -> Answer:
        flags = self._asked & (challenge.flags | KEPT)
        responses = self._responses(account, challenge._replace(flags=flags))
        key, encrypted = responses.session_key, b""
        if flags & KEY_EXCHANGE:
            key = os.urandom(len(key))
            encrypted = generateEncryptedSessionKey(responses.session_key, key)
        message = authenticate_message(flags, responses, account, encrypted)
        answer = self.exchange(request.extended_session_setup(next_token(message)), 0)
        if self._signing_required:
            self._signer = Signer(key)
        return answer

    def _log_on_plain(self, account: Account, challenge: Challenge) -> Answer:
        """Log on where the server offers no extended security, as NT 4.0 does."""
        responses = self._responses(account, challenge)
        self._announce_unicode(self.unicode)
        names = b"".join(self.encode_name(f"{name}\0") for name in (account.user, account.domain, "Unix", "Ansible"))
        asked = request.session_setup(
            responses.lm,
            responses.nt,
            names,
            unicode=self.unicode,
            session_key=self._session_key,
        )
        return self.exchange(asked, 0)

    def _responses(self, account: Account, challenge: Challenge) -> Responses:
        nt_hash = compute_nthash(account.password)
        if account.auth == "ntlmv2":
            return ntlmv2_responses(nt_hash, challenge.challenge, account, challenge.target_info)
        # The NT hash in the place of the LM hash: a server may ask for the LM response, which gives the password away.
        nt, lm, base = computeResponseNTLMv1(
            challenge.flags, challenge.challenge, os.urandom(8), b"", "", account.user, "", nt_hash, nt_hash, False
        )
        flags = challenge.flags | NTLM
        return Responses(lm, nt, KXKEY(flags, base, lm, challenge.challenge, "", nt_hash, nt_hash, False))

    def _announce_unicode(self, unicode: bool) -> None:
        """Say in all messages from now on in which way names are written."""
        self._flags2 = FLAGS2 | (FLAGS2_UNICODE if unicode else 0)


def _ahead(system_time: int) -> int | None:
    """Tell by how many seconds a server's time, in UTC (MS-CIFS section 2.2.4.52.2), is ahead; None for none."""
    return round(system_time / TICKS - SECONDS_TO_1970 - time.time()) if system_time else None


__all__ = ("IMPORT_ERROR", "LARGEST_CHUNK", "LONGEST_MESSAGE", "Session")
