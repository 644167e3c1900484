# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options ``section`` and ``settings``: a stanza that Windows reads back as it was written.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Any, Mapping

from .._errors import OptionError
from .._profile.stanza import DEFAULT_STANZA, Stanza

QUOTES = ('"', "'")
# Windows counts the length of a value modulo 65,536.
LONGEST_VALUE = 65535
# No key of these files takes a larger number than one of 32 bits.
LONGEST_NUMBER = 64
SWITCH, SWITCH_VALUES = "disable", ("0", "1")
PROGRAM_ENDING = ".exe"
# bool comes before int, which it is too.
KINDS = ((bool, "a boolean"), (int, "a whole number"), (float, "a float"), (list, "a list"), (dict, "a dictionary"))


def stanza_from(section: str, settings: Mapping[Any, Any] | None, present: bool) -> Stanza:
    """Check the options ``section`` and ``settings``.

    settings: keys and values, whole numbers or text; None for those of KB Q254909. present: the
        values are to be written; else only the keys count.

    Raises OptionError.
    """
    _check_name("section", section)
    if present and section.lower().endswith(PROGRAM_ENDING):
        name = section[: -len(PROGRAM_ENDING)]
        raise OptionError(
            f"section: {section!r} is the name of a program file; the client looks for it without "
            f"{section[len(name) :]}: give {name!r}"
        )
    if settings is None:
        default = DEFAULT_STANZA.section.decode("ascii")
        if section.upper() != default:
            raise OptionError(f"settings: required for section {section!r}; only section {default} has a default")
        return DEFAULT_STANZA._replace(section=section.encode("ascii"))
    if not settings:
        raise OptionError("settings: it is empty; name at least one key, for example {Disable: 1}")
    pairs = _pairs(settings, present)
    return Stanza(section.encode("ascii"), pairs)


def _pairs(settings: Mapping[Any, Any], present: bool) -> tuple[tuple[bytes, bytes], ...]:
    pairs: list[tuple[bytes, bytes]] = []
    seen: dict[str, str] = {}
    for key, value in settings.items():
        _check_name("settings", key)
        other = seen.setdefault(key.lower(), key)
        if other != key:
            raise OptionError(f"settings: {other!r} and {key!r} are the same key to Windows; name it once")
        text = _value(key, value) if present else ""
        if present and key.lower() == SWITCH and text not in SWITCH_VALUES:
            raise OptionError(
                f"settings: {key} would be {text[:40]!r}; write 1 or 0: KB Q254909 names 1, and whatever else Windows "
                "reads there is text that switches nothing off, so the protection would be gone"
            )
        pairs.append((key.encode("ascii"), text.encode("ascii")))
    return tuple(pairs)


def _check_name(option: str, name: Any) -> None:
    reason = _fault_of_name(name)
    if reason:
        shown = repr(name) if isinstance(name, str) else "what was given"
        raise OptionError(f"{option}: {shown} cannot be the name of a section or key: {reason}")


def _fault_of_name(name: Any) -> str:
    if not isinstance(name, str):
        return f"it is {_kind(name)}, not text; write it in quotes"
    if not name:
        return "it is empty"
    if not _is_printable_ascii(name):
        return "only printable ASCII characters are written"
    if name != name.strip(" "):
        return "Windows drops blanks at its start and end"
    if name[0] in ";[":
        return f"it starts with {name[0]!r}"
    found = next((char for char in "]=" if char in name), None)
    return f"it holds {found!r}" if found else ""


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        raise OptionError(f"settings: {key} is the boolean {value}; write 1 or 0, not yes, no, true or false")
    if isinstance(value, int):
        if value.bit_length() > LONGEST_NUMBER:
            raise OptionError(f"settings: {key} is a number of more than {LONGEST_NUMBER} bits; give text in quotes")
        return str(value)
    if not isinstance(value, str):
        raise OptionError(f"settings: {key} is {_kind(value)}; give a whole number or text in quotes")
    reason = _fault_of_value(value)
    if reason:
        raise OptionError(f"settings: the value of {key} cannot be written: {reason}")
    return value


def _kind(value: Any) -> str:
    """Name the type of a value; on the controller, Ansible's own types stand for the plain ones."""
    if value is None:
        return "null"
    return next((words for kind, words in KINDS if isinstance(value, kind)), f"of the type {type(value).__name__}")


def _fault_of_value(value: str) -> str:
    if not _is_printable_ascii(value):
        return f"{value[:40]!r} holds a character that is not printable ASCII"
    if value != value.strip(" "):
        return f"{value[:40]!r} starts or ends with a blank, which Windows drops"
    if value and (value[0] in QUOTES or value[-1] in QUOTES):
        return f"{value[:40]!r} starts or ends with a quote, which Windows may drop"
    if len(value) > LONGEST_VALUE:
        return f"it has {len(value)} characters, more than the {LONGEST_VALUE} that Windows reads"
    return ""


def _is_printable_ascii(text: str) -> bool:
    return all(" " <= char <= "~" for char in text)


__all__ = ("stanza_from",)
