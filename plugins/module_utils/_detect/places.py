# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""What Windows itself says of paths: its code page, Program Files, and the Winsock providers.

PRIVATE to the collection: no part of this file is a public interface.

The registry tells all of it. Each part is read when it is first asked for, so that a server whose
System.ini has a plain pointer pays for none.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .._server.errors import ServerError
from .._server.protocols import Value
from .._windows.registry_values import EXPAND_SZ, SZ, text
from .look import Look
from .wording import QUOTED, excerpt

# The ANSI code page: by it Windows reads the bytes of private profiles, and those of the Winsock catalog.
CODE_PAGE = "SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage"
# What these bytes are taken for where the registry does not tell: the code page of Western Europe and America.
ASSUMED = "1252"
AS_ASSUMED = f"its bytes above 127 read as code page {ASSUMED}"
# KB Q178625: on localized Windows, ask the registry for the folder that is "Program Files" in English.
WINDOWS = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion"
WINDOWS_NT = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
# Its names in other languages of Windows: Q178625 prints the German one, the others are general knowledge.
PROGRAM_FILES = (
    "Program Files",
    "Programme",
    "Programmi",
    "Archivos de programa",
    "Arquivos de programas",
    "Programas",
    "Program",
    "Programmer",
    "Programfiler",
    "Ohjelmatiedostot",
)
# KB Q257547: the DLL of clients 2.0 and ISA, which shows as a layered Winsock provider.
PROVIDER_DLL = "wspwsp.dll"
CATALOG = "SYSTEM\\CurrentControlSet\\Services\\WinSock2\\Parameters\\Protocol_Catalog9\\Catalog_Entries"
# A layered provider comes before those of Windows; each entry costs two requests.
CATALOG_ENTRIES = 8
# Each entry begins with the path of its DLL, in the room of the longest path; what follows its end is left over.
PATH_ROOM = 260
SYSTEM_FOLDER = "%SystemRoot%\\System32"
VARIABLE = re.compile("%([^%]*)%")


class AnsiText(NamedTuple):
    """A path of 8-bit bytes. assumed: the code page of its bytes above 127 is not known, and 1252 was taken."""

    text: str
    assumed: bool


class Catalog(NamedTuple):
    r"""What the first entries of the Winsock catalog show of the client.

    provider: the path of its DLL as the catalog has it, None where it is none of them. origin:
    that registry value. read: the catalog was read, so that what it does not show is not there.
    failed: it was not, for another reason than a registry that was not closed cleanly.
    """

    provider: bytes | str | None = None
    origin: str = ""
    read: bool = False
    failed: bool = False


class Places:
    """What the registry of one server says of paths, read when it is first asked for."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._catalog: Catalog | None = None
        self._folders: tuple[str, ...] | None = None

    def path(self, data: bytes) -> AnsiText:
        """Give a path of 8-bit bytes as the server reads it.

        Raises ServerError for what Windows would not take for one, and where the server's code page is not known
        here, or has no such bytes.
        """
        if len(data) > QUOTED:
            raise ServerError(f"{excerpt(data)} is longer than a path of Windows can be")
        if any(byte < 32 or byte == 127 for byte in data):
            raise ServerError(f"{excerpt(data)} holds control characters")
        if data.isascii():
            return AnsiText(data.decode("ascii"), assumed=False)
        page = text(self._look.value(CODE_PAGE, "ACP"))
        if not page:
            return AnsiText(data.decode(f"cp{ASSUMED}", "replace"), assumed=True)
        try:
            return AnsiText(data.decode(f"cp{page}"), assumed=False)
        except (LookupError, ValueError) as error:
            name = excerpt(page.encode("utf-8", "backslashreplace"), 20)
            why = "has no such bytes" if isinstance(error, UnicodeError) else "is not known here"
            raise ServerError(f"{excerpt(data)}: the server's code page, {name}, {why}") from error

    def expanded(self, path: str) -> str:
        """Put the folders of Windows into a path in the place of their variables, such as %SystemRoot%.

        Raises ServerError for another variable, and where the registry does not tell the folder.
        """
        return VARIABLE.sub(lambda found: self._variable(found.group(1), path), path)

    def _variable(self, name: str, path: str) -> str:
        known = {"systemroot": "SystemRoot", "windir": "SystemRoot", "systemdrive": "SystemRoot"}.get(name.lower())
        folder = text(self._look.value(WINDOWS_NT, known)) if known else None
        if name.lower() == "programfiles":
            folder = text(self._look.value(WINDOWS, "ProgramFilesDir"))
        if not folder or "%" in folder:
            raise ServerError(f"{path}: the registry does not tell what %{name}% is")
        return folder[:2] if name.lower() == "systemdrive" else folder.rstrip("\\")

    def program_files(self) -> tuple[str, ...]:
        """Give the folder of programs by the registry; where that does not tell, those of all languages that are there.

        What could not be read is a gap of the look.
        """
        if self._folders is None:
            told = text(self._look.value(WINDOWS, "ProgramFilesDir"))
            self._folders = (self._understood(told),) if told else self._localized()
        return self._folders

    def _understood(self, folder: str) -> str:
        try:
            return self.expanded(folder).rstrip("\\")
        except ServerError:
            # As it stands it is no path: a look for it tells so, and the file does not count as missing.
            return folder

    def _localized(self) -> tuple[str, ...]:
        return tuple(f"{drive}:\\{name}" for drive in self._look.drives() for name in self._names_on(drive))

    def _names_on(self, drive: str) -> list[str]:
        """Give the names to look for on a drive: one listing costs less than a look for each."""
        try:
            there = {name.lower() for name in self._look.files.names(f"{drive}:\\", "")}
        except ServerError:
            # More names than one answer of a server holds, or a folder that cannot be listed: look for each.
            return list(PROGRAM_FILES)
        return [name for name in PROGRAM_FILES if name.lower() in there]

    def catalog(self) -> Catalog:
        """Look for the client's DLL among the first Winsock providers."""
        if self._catalog is None:
            self._catalog = self._read_catalog()
        return self._catalog

    def _read_catalog(self) -> Catalog:
        stretch = self._look.stretch()
        for number in range(1, CATALOG_ENTRIES + 1):
            key = f"{CATALOG}\\{number:012}"
            value = self._look.value(key, "PackedCatalogItem")
            path = _path_of(value) if value is not None else b""
            if _is_clients(path):
                return Catalog(path, f"HKLM\\{key}\\PackedCatalogItem", read=True)
            if self._look.registry is None:
                return Catalog(failed=True)
        return Catalog(read=stretch.complete, failed=not stretch.complete and not self._look.doubtful(CATALOG))

    def provider_folder(self) -> str | None:
        """Give the folder of the client's DLL by the Winsock catalog; None where the catalog does not show it.

        Raises ServerError where its path cannot be told.
        """
        provider = self.catalog().provider
        if provider is None:
            return None
        path = provider if isinstance(provider, str) else self.path(provider).text
        # Windows looks for a DLL without a folder in its own.
        return self.expanded(path.strip(' "').replace("/", "\\")).rpartition("\\")[0] or self.expanded(SYSTEM_FOLDER)


def _path_of(value: Value) -> bytes | str:
    if value.kind in (SZ, EXPAND_SZ):
        return text(value) or ""
    return value.data[:PATH_ROOM].partition(b"\0")[0]


def _is_clients(path: bytes | str) -> bool:
    plain = path if isinstance(path, str) else path.decode("latin-1")
    return plain.replace("/", "\\").rpartition("\\")[2].strip(' "').lower() == PROVIDER_DLL


__all__ = ("AS_ASSUMED", "CATALOG", "CATALOG_ENTRIES", "PROVIDER_DLL", "WINDOWS", "AnsiText", "Catalog", "Places")
