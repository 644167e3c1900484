# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shares of a server behind SMB1: what is asked of a path, and what is opened.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from ...module_utils._server.errors import ServerError
from . import request, transaction
from .answer import Answer, CreateAnswer
from .handle import SmbHandle
from .layout import unpack
from .request import OPEN, READ_DATA, SHARE_READ, SHARE_WRITE, WRITE_DATA, SmbRequest
from .session import Session

PIPES = "IPC$"


class Share:
    r"""A share that a session is connected to. Paths begin with a backslash: ``\Mspclnt\Mspclnt.ini``.

    It and its methods raise StatusError for a refusal, ConnectionLost where no answer came that can be one, and
    ServerError for a name that the server may not read as we would.
    """

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self._tid = session.tree_connect(name)

    def open(self, path: str, access: int, sharing: int, disposition: int = OPEN) -> SmbHandle:
        """Open a file, without an oplock; access, sharing and disposition: of `request`."""
        name = self._session.encode_name(f"{path}\0")
        answer = self._exchange(request.create(name, self._session.unicode, access, sharing, disposition))
        return SmbHandle(self._session, self._tid, answer.words(CreateAnswer))

    def delete(self, path: str) -> None:
        """Delete a file."""
        self._exchange(request.delete(self._session.encode_name(f"{path}\0")))

    def attributes(self, path: str) -> int:
        """Give the DOS attributes of a file or folder."""
        name = self._session.encode_name(f"{path}\0")
        answer = self._exchange(transaction.query_basic_info(name, self._session.max_data_count))
        info = unpack(transaction.BasicInfo, answer.transacted().data, what="answer about a file")
        return info.ext_file_attributes

    def names(self, pattern: str) -> list[str]:
        """Give the names that a pattern finds (MS-CIFS section 2.2.6.2), where one answer holds them all.

        Raises ServerError where it does not: the others would count as missing.
        """
        session, max_names = self._session, transaction.MAX_NAMES
        encoded = session.encode_name(f"{pattern}\0")
        asked = transaction.find_first(encoded, max_names, transaction.NAMES_INFO, session.max_data_count)
        answer = self._exchange(asked).transacted()
        names = transaction.names_in(answer.data, max_names, session.unicode)
        if not unpack(transaction.FoundFirst, answer.parameters, what="answer to a search").end_of_search:
            raise ServerError(f"listing {pattern}: the server has more than the {len(names)} names of its first answer")
        return names

    def file_system(self) -> str:
        """Give the name of its file system, as NTFS or FAT."""
        answer = self._exchange(transaction.query_file_system(self._session.max_data_count))
        return transaction.file_system_in(answer.transacted().data)

    def _exchange(self, asked: SmbRequest) -> Answer:
        return self._session.exchange(asked, self._tid)


def list_shares(session: Session) -> list[str]:
    """Give the names of the shares, in capitals, as the LAN Manager call NetShareEnum tells (MS-RAP section 2.5.6).

    Raises StatusError, or ServerError where it does not tell all.
    """
    tid = session.tree_connect(PIPES)
    answer = session.exchange(transaction.net_share_enum(session.unicode, session.max_data_count), tid)
    return transaction.shares_in(*answer.transacted())


def open_pipe(session: Session, name: str) -> SmbHandle:
    """Open a named pipe of the server."""
    return Share(session, PIPES).open(f"\\{name}", READ_DATA | WRITE_DATA, SHARE_READ | SHARE_WRITE)


__all__ = ("Share", "list_shares", "open_pipe")
