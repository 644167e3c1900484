# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows paths, taken apart.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from .errors import ServerError
from .upcase import upper


def folded(name: str) -> str:
    """Give what two names have in common that Windows takes for the same.

    The one place that knows it. Names that another system stored in pieces (NFD, as macOS does) count
    as those that Windows stored; a name that is not UTF-8 holds surrogates, which stay as they are.
    """
    if not name.isascii():
        # Most names are ASCII, and this table is large.
        from unicodedata import normalize

        name = normalize("NFC", name)
    return upper(name)


def split_windows_path(path: str) -> tuple[str, list[str]]:
    """Split ``C:\\Folder\\File`` into the drive letter and the names below it.

    Raises ServerError for what is not an absolute path on a drive, for ``..``, and for
    names whose end Windows reads in one way here and in another way there.
    """
    text = path.replace("/", "\\")
    if text.startswith(("\\\\?\\", "\\\\.\\")):
        raise ServerError(f"{path}: write it without the prefix, such as C:\\Mspclnt\\Mspclnt.ini")
    if text.startswith("\\\\"):
        raise ServerError(f"{path}: it lies on a network share, not on a drive of this server")
    if len(text) < 3 or text[1] != ":" or text[2] != "\\" or not text[0].isalpha() or not text[0].isascii():
        raise ServerError(f"{path}: this is not an absolute Windows path, such as C:\\Mspclnt\\Mspclnt.ini")
    return text[0].upper(), names_below(text[3:], path)


def names_below(below: str, path: str) -> list[str]:
    """Give the names of a path below a drive or share; path: all of it, for the text of a ServerError."""
    names = [name for name in below.split("\\") if name not in ("", ".")]
    if ".." in names:
        raise ServerError(f"{path}: '..' in a path is not followed; write the path without it")
    return [_plain_name(name, path, last=at == len(names)) for at, name in enumerate(names, 1)]


def _plain_name(name: str, path: str, last: bool) -> str:
    """Drop what Windows drops: one dot behind a folder's name, all dots and blanks behind the last name."""
    plain = name.rstrip(" .") if last else name[:-1] if name.endswith(".") else name
    if not plain or plain[-1] in " .":
        raise ServerError(f"{path}: {name!r} ends in a blank or dot; write the name without it")
    return plain


__all__ = ("folded", "names_below", "split_windows_path")
