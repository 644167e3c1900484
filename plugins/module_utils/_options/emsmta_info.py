# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of `emsmta_info`: their argument spec, and what they ask for once checked.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Sequence

from .._detect.look import Hints
from .._errors import OptionError
from .._server.errors import ServerError
from .._server.windows_path import split_windows_path
from .._windows.lat import ipv4_number
from .drives import drives_from

FILES, REGISTRY, EVENTS = SOURCES = ("files", "registry", "events")
BY_DEFAULT = (FILES, REGISTRY)
# A folder that ends so is the file in it.
FILE_ENDINGS = (".exe", ".ini", ".dll")
# The longest path of Windows: general knowledge.
LONGEST_PATH = 260


class LookRequest(NamedTuple):
    """The look at a server that `emsmta_info` was asked for.

    drives: folders of the visible drives by letter, none over SMB. hints: what the user
    knows of the server. with_registry, with_events: the registry or the event log is to be read
    too. master_path: Windows path of a master copy, which is then all that is looked at.
    """

    drives: Mapping[str, str]
    hints: Hints
    with_registry: bool
    master_path: str | None
    with_events: bool = False


def emsmta_info_spec() -> dict[str, dict[str, Any]]:
    """Give the argument spec."""
    return {
        "drives": {"type": "dict"},
        "drives_complete": {"type": "bool", "default": False},
        "system_root": {"type": "str"},
        "exchange_bin": {"type": "str"},
        "gather": {"type": "list", "elements": "str", "choices": list(SOURCES), "default": list(BY_DEFAULT)},
        "remote_mtas": {"type": "list", "elements": "str", "default": []},
        "master_path": {"type": "str"},
    }


def look_request_from(options: Mapping[str, Any]) -> LookRequest:
    """Check the options for visible drives, as the argument spec leaves them; raise OptionError."""
    return _request(options, drives_from(options["drives"]))


def look_request_over_smb(options: Mapping[str, Any]) -> LookRequest:
    """Check the options for a server behind SMB, as the argument spec leaves them; raise OptionError."""
    if options["drives"] or options["drives_complete"]:
        raise OptionError(
            "drives: over SMB the server's own drives are looked at; leave 'drives' and 'drives_complete' out"
        )
    return _request(options, {})


def _request(options: Mapping[str, Any], drives: Mapping[str, str]) -> LookRequest:
    return LookRequest(
        drives=drives,
        hints=Hints(
            system_root=folder_from("system_root", options["system_root"]),
            exchange_bin=folder_from("exchange_bin", options["exchange_bin"]),
            drives_complete=bool(options["drives_complete"]),
            remote_mtas=_remote_mtas(options["remote_mtas"]),
        ),
        with_registry=_with_registry(options["gather"]),
        master_path=_windows_path("master_path", options["master_path"]),
        with_events=EVENTS in options["gather"],
    )


def folder_from(name: str, option: str | None) -> str | None:
    """Check an option that is the Windows path of a folder; an empty one stands for none. Raises OptionError."""
    path = _windows_path(name, option)
    if path and path.lower().rstrip(" ").endswith(FILE_ENDINGS):
        raise OptionError(f"{name}: {path} is a file; give the folder in which it lies")
    return path


def _windows_path(name: str, option: str | None) -> str | None:
    """Check a Windows path; an empty one stands for none."""
    if not option:
        return None
    if len(option) > LONGEST_PATH:
        raise OptionError(f"{name}: it has {len(option)} characters; a Windows path has at most {LONGEST_PATH}")
    if option != option.encode("utf-8", "backslashreplace").decode("utf-8"):
        raise OptionError(f"{name}: {option!r} is not valid text")
    if any(ord(character) < ord(" ") for character in option):
        raise OptionError(
            f"{name}: {option!r} holds control characters: in double quotes, YAML takes \\b, \\n and \\t for them; use "
            "single quotes or none"
        )
    if option[:1] in "/~" and option[:2] != "//":
        raise OptionError(f"{name}: {option} is a path of this machine; give the Windows path that the server has")
    if option[1:2] == ":" and option[2:3] not in ("\\", "/"):
        raise OptionError(
            f"{name}: {option} has no backslash behind the drive; where a shell or double quotes took the backslashes, "
            "use single quotes"
        )
    # Over SMB, a UNC path of the same server is as good.
    if not option.replace("/", "\\").startswith("\\\\"):
        try:
            split_windows_path(option)
        except ServerError as error:
            raise OptionError(f"{name}: {error}") from error
    return option


def _remote_mtas(option: Sequence[str] | None) -> tuple[str, ...]:
    """Check the option ``remote_mtas``: addresses, since a name would have to be asked for here and not there."""
    wrong = next((address for address in option or () if ipv4_number(address) is None), None)
    if wrong is not None:
        raise OptionError(
            f"remote_mtas: {wrong!r} is not an IPv4 address; give the addresses of the MTAs, not their names"
        )
    return tuple(option or ())


def _with_registry(option: Sequence[str]) -> bool:
    """Check the option ``gather``; tell whether the registry is to be read."""
    if FILES not in option:
        raise OptionError("gather: 'files' cannot be left out, since the client's files decide")
    return REGISTRY in option


__all__ = (
    "BY_DEFAULT",
    "EVENTS",
    "LookRequest",
    "emsmta_info_spec",
    "folder_from",
    "look_request_from",
    "look_request_over_smb",
)
