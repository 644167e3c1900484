# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""An event log on visible drives: the file that the event log service keeps. Never writes.

PRIVATE to the collection: no part of this file is a public interface.

The registry tells where it is (KB Q175386). Where that cannot be read, the places that this
article calls the default are looked at.
"""

from __future__ import annotations

import re
from typing import Iterator

from .._events.log import LOG_LIMIT, EventLog
from .._events.record import EventError, Record
from .._events.source import APPLICATION, LOGS, EventSource, Extent
from .._server.errors import ServerError
from .._server.protocols import Entry, Files, ReadPart, Registry
from .._windows.registry_values import text

# KB Q175386.
FOLDER = "System32\\Config"
NAMES = {"application": "AppEvent.Evt", "system": "SysEvent.Evt", "security": "SecEvent.Evt"}
VARIABLE = re.compile("%([^%]*)%")
SYSTEM_FOLDER, SYSTEM_DRIVE = ("systemroot", "windir"), "systemdrive"
# In characters.
LONGEST_PATH = 260
# In bytes, of what is read at once.
PART = 1024 * 1024


class DriveEventLog(EventSource):
    """The file of one event log on visible drives, read whole when it is first asked for.

    Args:
        files: the drives.
        system_root: Windows path of the system folder; None where it is not known.
        registry: the registry of that system; None where it is not to be read.
        log: the name of the log, blind to case.
    """

    def __init__(
        self, files: Files, system_root: str | None, registry: Registry | None, log: str = APPLICATION
    ) -> None:
        self._files = files
        self._root = system_root.rstrip("\\/") if system_root else None
        self._registry = registry
        self._log_name = log
        self._log: EventLog | None = None
        #: The path of the file, once it is known; before that, what is looked for.
        self.name = f"event log {log}"
        self._doubt: str | None = None

    def newest_first(self) -> Iterator[Record]:
        return self._read().newest_first()

    def extent(self) -> Extent:
        log = self._read()
        newest, oldest = log.ends() or (None, None)
        return Extent(
            records=len(log),
            oldest=oldest.record_number if oldest else None,
            newest=newest.record_number if newest else None,
            oldest_time=oldest.time_generated if oldest else None,
            wrapped=log.wrapped,
            clean=log.clean,
            lost=log.lost,
        )

    @property
    def doubt(self) -> str | None:
        """Why the registry does not tell where the file is, so that the default place was taken; None where it does."""
        return self._doubt

    def _read(self) -> EventLog:
        if self._log is None:
            self.name = self._path()
            entry = self._files.find(self.name)
            if entry is None:
                raise ServerError(
                    f"Error while reading {self.name}: there is no such file; is 'system_root' the folder of the "
                    "Windows that runs there?"
                )
            if entry.folder:
                raise ServerError(f"Error while reading {self.name}: it is a folder, and no event log")
            self._log = self._parsed(entry)
        return self._log

    def _parsed(self, entry: Entry) -> EventLog:
        try:
            return EventLog(self._files.consult(entry, _whole))
        except EventError as error:
            raise ServerError(f"Error while reading {self.name}: {error}") from error

    def _path(self) -> str:
        """Give the path of the file, as the registry tells it; else the one that it has by default."""
        told = self._told()
        if told:
            if len(told) > LONGEST_PATH:
                raise ServerError(
                    f"{self.name}: the registry has its file at a path of {len(told)} characters; a Windows path has "
                    f"at most {LONGEST_PATH}"
                )
            return VARIABLE.sub(lambda found: self._variable(found.group(1), told), told)
        name = NAMES.get(self._log_name.lower())
        if name is None:
            raise ServerError(
                f"{self.name}: the registry does not tell where its file is, and only those of Application, System and "
                "Security have a default place"
            )
        return f"{self._folder(name)}\\{FOLDER}\\{name}"

    def _told(self) -> str | None:
        """Give the path that the registry tells; None where it tells none, or cannot be read."""
        if self._registry is None:
            return None
        key = f"{LOGS}\\{self._log_name}"
        try:
            told = text(self._registry.value(key, "File"))
            self._doubt = None if told else self._registry.doubt(key)
        except ServerError as error:
            told, self._doubt = None, str(error)
        return told

    def _variable(self, name: str, path: str) -> str:
        if name.lower() in SYSTEM_FOLDER:
            return self._folder(path)
        if name.lower() == SYSTEM_DRIVE:
            return self._folder(path)[:2]
        raise ServerError(f"{self.name}: the registry has its file at {path}, and nothing tells what %{name}% is")

    def _folder(self, path: str) -> str:
        if self._root is None:
            raise ServerError(
                f"{self.name}: its file, {path}, is in the system folder, which is not known: set 'system_root'"
            )
        return self._root


def _whole(read: ReadPart) -> bytes:
    """Read the file to its end, in parts; a log in use may grow meanwhile."""
    if read(LOG_LIMIT, 1):
        raise EventError(f"it has more than the {LOG_LIMIT} bytes that are read; copy it, and clear the log there")
    data = bytearray()
    while len(data) <= LOG_LIMIT:
        part = read(len(data), PART)
        if not part:
            break
        data += part
    return bytes(data)


__all__ = ("DriveEventLog",)
