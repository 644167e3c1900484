# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the status codes of a server mean, in words.

PRIVATE to the collection: no part of this file is a public interface.

The names are those of MS-ERREF section 2.3.
"""

from __future__ import annotations

from typing import NamedTuple


class Sentence(NamedTuple):
    """A status in words: its name in the specification; what was found, and what to do."""

    name: str
    text: str


UNSUCCESSFUL = 0xC0000001
MORE_PROCESSING_REQUIRED = 0xC0000016
LOGON_FAILURE = 0xC000006D
ACCESS_DENIED = 0xC0000022
SHARING_VIOLATION = 0xC0000043
NAME_COLLISION = 0xC0000035
BAD_NETWORK_NAME = 0xC00000CC
DISK_FULL = 0xC000007F
END_OF_FILE = 0xC0000011
INVALID_PARAMETER = 0xC000000D
BUFFER_TOO_SMALL = 0xC0000023
EVENTLOG_FILE_CHANGED = 0xC0000197
OBJECT_NAME_NOT_FOUND = 0xC0000034
OBJECT_PATH_NOT_FOUND = 0xC000003A
PIPE_NOT_AVAILABLE = 0xC00000AC
PIPE_BUSY = 0xC00000AE

# These count as a logon that the server refused: another try could lock the account. The password may be wrong; the
# account is in a state that is the same everywhere; this server alone does not let it in.
WRONG_PASSWORD = frozenset((0xC0000064, 0xC000006A, LOGON_FAILURE))
BAD_ACCOUNT = frozenset(
    (0xC000006E, 0xC000006F, 0xC0000070, 0xC0000071, 0xC0000072, 0xC0000193, 0xC0000224, 0xC0000234)
)
NOT_ON_THIS_HOST = frozenset((0xC000015B, 0xC000018B, 0xC0000199))
REFUSED_LOGONS = WRONG_PASSWORD | BAD_ACCOUNT | NOT_ON_THIS_HOST
# These say that no password was looked at: no domain controller, no trust, no room. Any other answer to a logon may
# hide a bad one.
NOT_LOOKED_AT = frozenset((0xC000005E, 0xC00000D0, 0xC000018C, 0xC000018D, 0xC0000192, 0xC0000205, 0xC00000BD))
# The server does not know the request, or not in this form: NT_STATUS_INVALID_LEVEL is the last one.
UNKNOWN_REQUEST = frozenset((0xC0000002, 0xC0000003, INVALID_PARAMETER, 0xC00000BB, 0xC0000148))
NO_FOLDER = frozenset((OBJECT_PATH_NOT_FOUND, 0xC0000039))
# Nobody listens at a pipe: its service is stopped, or there is none.
NO_SERVICE = frozenset((OBJECT_NAME_NOT_FOUND, PIPE_NOT_AVAILABLE, PIPE_BUSY))
MISSING = NO_FOLDER | frozenset((OBJECT_NAME_NOT_FOUND, 0xC000000F, 0xC0000033))

IN_USE = "it is in use by another program: run the task again when that program is done"

SENTENCES = {
    0xC0000064: Sentence("NO_SUCH_USER", "the server knows no such user: check ansible_user and ansible_smb_domain"),
    0xC000006A: Sentence("WRONG_PASSWORD", "the password is wrong: check ansible_password"),
    LOGON_FAILURE: Sentence(
        "LOGON_FAILURE",
        "user name or password is wrong, or the server does not take this kind of logon: check ansible_user, "
        "ansible_password and ansible_smb_auth, and that the server's clock is right to half an hour (KB Q147706)",
    ),
    MORE_PROCESSING_REQUIRED: Sentence(
        "MORE_PROCESSING_REQUIRED", "the server asks for one more step of the logon, where there is none"
    ),
    0xC000006E: Sentence("ACCOUNT_RESTRICTION", "the account may not log on here: check its restrictions"),
    0xC000006F: Sentence("INVALID_LOGON_HOURS", "the account may not log on at this hour"),
    0xC0000070: Sentence("INVALID_WORKSTATION", "the account may not log on from this computer"),
    0xC0000071: Sentence("PASSWORD_EXPIRED", "the password has expired: change it on the server"),
    0xC0000072: Sentence("ACCOUNT_DISABLED", "the account is disabled: enable it on the server"),
    0xC000015B: Sentence("LOGON_TYPE_NOT_GRANTED", "the account may not log on over the network"),
    0xC0000193: Sentence("ACCOUNT_EXPIRED", "the account has expired"),
    0xC0000224: Sentence("PASSWORD_MUST_CHANGE", "the password must be changed before the first logon"),
    0xC0000234: Sentence("ACCOUNT_LOCKED_OUT", "the account is locked: unlock it, or wait until the lock ends"),
    0xC000018B: Sentence("NO_TRUST_SAM_ACCOUNT", "the domain does not trust this server"),
    0xC0000199: Sentence("NOLOGON_WORKSTATION_TRUST_ACCOUNT", "this is the account of a computer, not of a user"),
    ACCESS_DENIED: Sentence("ACCESS_DENIED", "access is denied: this needs an administrator of the server"),
    SHARING_VIOLATION: Sentence("SHARING_VIOLATION", IN_USE),
    0xC0000054: Sentence("FILE_LOCK_CONFLICT", IN_USE),
    NAME_COLLISION: Sentence("OBJECT_NAME_COLLISION", "it is there already"),
    BAD_NETWORK_NAME: Sentence("BAD_NETWORK_NAME", "there is no such share"),
    END_OF_FILE: Sentence(
        "END_OF_FILE",
        "it has another size than when it was opened: it was changed meanwhile, or the server is at fault; run the "
        "task again",
    ),
    DISK_FULL: Sentence("DISK_FULL", "the disk is full: make room and run the task again"),
    0xC0000044: Sentence("QUOTA_EXCEEDED", "the disk quota is used up: make room and run the task again"),
    0xC00000BA: Sentence("FILE_IS_A_DIRECTORY", "it is a folder; give the path of the file in it"),
    OBJECT_NAME_NOT_FOUND: Sentence("OBJECT_NAME_NOT_FOUND", "there is no such file"),
    OBJECT_PATH_NOT_FOUND: Sentence("OBJECT_PATH_NOT_FOUND", "there is no such folder"),
    0xC000000F: Sentence("NO_SUCH_FILE", "there is no such file"),
    0xC0000039: Sentence("OBJECT_PATH_INVALID", "there is no such folder"),
    0xC0000033: Sentence("OBJECT_NAME_INVALID", "the server does not take this name"),
    0xC00000A2: Sentence("MEDIA_WRITE_PROTECTED", "the disk is write-protected"),
    0xC0000185: Sentence("IO_DEVICE_ERROR", "the server's disk reported an error"),
    0xC0000056: Sentence("DELETE_PENDING", "it is being deleted by another program"),
    0xC00000D0: Sentence("REQUEST_NOT_ACCEPTED", "the server takes no more connections: try again later"),
    0xC000005E: Sentence("NO_LOGON_SERVERS", "the server reaches no domain controller to check the logon"),
    0xC000018D: Sentence("TRUSTED_RELATIONSHIP_FAILURE", "the server's trust with its domain is broken"),
    0xC000018C: Sentence("TRUSTED_DOMAIN_FAILURE", "the trust of the server's domain with this account's is broken"),
    0xC0000192: Sentence("NETLOGON_NOT_STARTED", "the server's service for logons does not run: start Net Logon there"),
    0xC0000205: Sentence("INSUFF_SERVER_RESOURCES", "the server is out of resources: try again later"),
    0xC00000BD: Sentence(
        "DUPLICATE_NAME",
        "the server takes no other name than its own: reach it by its own address, without a forwarded port",
    ),
    0xC0000002: Sentence("NOT_IMPLEMENTED", "the server does not know this request"),
    0xC00000BB: Sentence("NOT_SUPPORTED", "the server does not support this request"),
    INVALID_PARAMETER: Sentence("INVALID_PARAMETER", "the server does not take this request"),
}

NO_SENTENCE = Sentence("", "the server refused the request")


class StatusError(Exception):
    """A server answered a request with an error; share: the share that it does not let in."""

    def __init__(self, status: int, share: str = "") -> None:
        name, text = SENTENCES.get(status, NO_SENTENCE)
        self.status = status
        where = f"share {share}: " if share else ""
        super().__init__(f"{where}{text} ({f'STATUS_{name} ' if name else ''}0x{status:08x})")


__all__ = (
    "ACCESS_DENIED",
    "BAD_ACCOUNT",
    "BAD_NETWORK_NAME",
    "BUFFER_TOO_SMALL",
    "DISK_FULL",
    "END_OF_FILE",
    "EVENTLOG_FILE_CHANGED",
    "INVALID_PARAMETER",
    "LOGON_FAILURE",
    "MISSING",
    "MORE_PROCESSING_REQUIRED",
    "NAME_COLLISION",
    "NOT_LOOKED_AT",
    "NOT_ON_THIS_HOST",
    "NO_FOLDER",
    "NO_SERVICE",
    "OBJECT_NAME_NOT_FOUND",
    "OBJECT_PATH_NOT_FOUND",
    "REFUSED_LOGONS",
    "SENTENCES",
    "SHARING_VIOLATION",
    "UNKNOWN_REQUEST",
    "UNSUCCESSFUL",
    "StatusError",
)
