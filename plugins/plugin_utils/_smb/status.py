# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the status codes of a server mean, in words.

PRIVATE to the collection: no part of this file is a public interface.

The names are those of MS-ERREF section 2.3.
"""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """A status in words: what was found, and what to do."""

    name: str
    sentence: str


LOGON_FAILURE = 0xC000006D
ACCESS_DENIED = 0xC0000022
SHARING_VIOLATION = 0xC0000043
NAME_COLLISION = 0xC0000035
BAD_NETWORK_NAME = 0xC00000CC
DISK_FULL = 0xC000007F
END_OF_FILE = 0xC0000011

# These count as a logon that the server refused: another try could lock the account. The password may be wrong; the
# account is in a state that is the same everywhere; this server alone does not let it in.
WRONG_PASSWORD = frozenset((0xC0000064, 0xC000006A, LOGON_FAILURE))
BAD_ACCOUNT = frozenset(
    (0xC000006E, 0xC000006F, 0xC0000070, 0xC0000071, 0xC0000072, 0xC0000193, 0xC0000224, 0xC0000234)
)
NOT_ON_THIS_HOST = frozenset((0xC000015B, 0xC000018B, 0xC0000199))
REFUSED_LOGONS = WRONG_PASSWORD | BAD_ACCOUNT | NOT_ON_THIS_HOST
# The server does not know the request, or not in this form: NT_STATUS_INVALID_LEVEL is the last one.
UNKNOWN_REQUEST = frozenset((0xC0000002, 0xC0000003, 0xC000000D, 0xC00000BB, 0xC0000148))
NO_FOLDER = frozenset((0xC000003A, 0xC0000039))
MISSING = NO_FOLDER | frozenset((0xC0000034, 0xC000000F, 0xC0000033))

MEANINGS = {
    0xC0000064: Meaning("NO_SUCH_USER", "the server knows no such user: check ansible_user and ansible_smb_domain"),
    0xC000006A: Meaning("WRONG_PASSWORD", "the password is wrong: check ansible_password"),
    LOGON_FAILURE: Meaning(
        "LOGON_FAILURE",
        "user name or password is wrong, or the server does not take this kind of logon: check ansible_user, "
        "ansible_password and ansible_smb_auth, and that the server's clock is right to half an hour (KB Q147706)",
    ),
    0xC000006E: Meaning("ACCOUNT_RESTRICTION", "the account may not log on here: check its restrictions"),
    0xC000006F: Meaning("INVALID_LOGON_HOURS", "the account may not log on at this hour"),
    0xC0000070: Meaning("INVALID_WORKSTATION", "the account may not log on from this computer"),
    0xC0000071: Meaning("PASSWORD_EXPIRED", "the password has expired: change it on the server"),
    0xC0000072: Meaning("ACCOUNT_DISABLED", "the account is disabled: enable it on the server"),
    0xC000015B: Meaning("LOGON_TYPE_NOT_GRANTED", "the account may not log on over the network"),
    0xC0000193: Meaning("ACCOUNT_EXPIRED", "the account has expired"),
    0xC0000224: Meaning("PASSWORD_MUST_CHANGE", "the password must be changed before the first logon"),
    0xC0000234: Meaning("ACCOUNT_LOCKED_OUT", "the account is locked: unlock it, or wait until the lock ends"),
    0xC000018B: Meaning("NO_TRUST_SAM_ACCOUNT", "the domain does not trust this server"),
    0xC0000199: Meaning("NOLOGON_WORKSTATION_TRUST_ACCOUNT", "this is the account of a computer, not of a user"),
    ACCESS_DENIED: Meaning("ACCESS_DENIED", "access is denied: this needs an administrator of the server"),
    SHARING_VIOLATION: Meaning("SHARING_VIOLATION", "it is in use by another program"),
    0xC0000054: Meaning("FILE_LOCK_CONFLICT", "it is in use by another program"),
    NAME_COLLISION: Meaning("OBJECT_NAME_COLLISION", "it is there already"),
    BAD_NETWORK_NAME: Meaning("BAD_NETWORK_NAME", "there is no such share"),
    END_OF_FILE: Meaning(
        "END_OF_FILE",
        "it has another size than when it was opened: it was changed meanwhile, or the server is at fault; run the "
        "task again",
    ),
    DISK_FULL: Meaning("DISK_FULL", "the disk is full: make room and run the task again"),
    0xC0000044: Meaning("QUOTA_EXCEEDED", "the disk quota is used up: make room and run the task again"),
    0xC00000BA: Meaning("FILE_IS_A_DIRECTORY", "it is a directory; give the path of the file in it"),
    0xC0000034: Meaning("OBJECT_NAME_NOT_FOUND", "there is no such file"),
    0xC000003A: Meaning("OBJECT_PATH_NOT_FOUND", "there is no such folder"),
    0xC000000F: Meaning("NO_SUCH_FILE", "there is no such file"),
    0xC0000039: Meaning("OBJECT_PATH_INVALID", "there is no such folder"),
    0xC0000033: Meaning("OBJECT_NAME_INVALID", "the server does not take this name"),
    0xC00000A2: Meaning("MEDIA_WRITE_PROTECTED", "the disk is write-protected"),
    0xC0000185: Meaning("IO_DEVICE_ERROR", "the server's disk reported an error"),
    0xC0000056: Meaning("DELETE_PENDING", "it is being deleted by another program"),
    0xC00000D0: Meaning("REQUEST_NOT_ACCEPTED", "the server takes no more connections: try again later"),
    0xC000005E: Meaning("NO_LOGON_SERVERS", "the server reaches no domain controller to check the logon"),
    0xC000018D: Meaning("TRUSTED_RELATIONSHIP_FAILURE", "the server's trust with its domain is broken"),
    0xC0000205: Meaning("INSUFF_SERVER_RESOURCES", "the server is out of resources: try again later"),
    0xC00000BD: Meaning(
        "DUPLICATE_NAME",
        "the server takes no other name than its own: reach it by its own address, without a forwarded port",
    ),
    0xC0000002: Meaning("NOT_IMPLEMENTED", "the server does not know this request"),
    0xC00000BB: Meaning("NOT_SUPPORTED", "the server does not support this request"),
    0xC000000D: Meaning("INVALID_PARAMETER", "the server does not take this request"),
}


class StatusError(Exception):
    """A server answered a request with an error; share: the share that it does not let in."""

    def __init__(self, status: int, share: str = "") -> None:
        meaning = MEANINGS.get(status)
        name = f"STATUS_{meaning.name} " if meaning else ""
        self.status = status
        self.sentence = meaning.sentence if meaning else "the server refused the request"
        where = f"share {share}: " if share else ""
        super().__init__(f"{where}{self.sentence} ({name}0x{status:08x})")


__all__ = (
    "BAD_ACCOUNT",
    "BAD_NETWORK_NAME",
    "DISK_FULL",
    "END_OF_FILE",
    "MEANINGS",
    "MISSING",
    "NAME_COLLISION",
    "NOT_ON_THIS_HOST",
    "NO_FOLDER",
    "REFUSED_LOGONS",
    "SHARING_VIOLATION",
    "UNKNOWN_REQUEST",
    "StatusError",
)
