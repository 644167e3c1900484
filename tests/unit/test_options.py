# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import OptionError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    edit_request_from,
    mspclnt_ini_spec,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza

BASE: dict[str, Any] = {
    "path": "/mnt/c/mspclnt/mspclnt.ini",
    "section": "EMSMTA",
    "settings": None,
    "state": "present",
    "create": False,
    "backup": False,
    "backup_file": None,
}


def stanza(**options: Any) -> Stanza:
    return edit_request_from({**BASE, **options}).stanza


def test_the_default_is_the_stanza_of_the_article() -> None:
    assert stanza() == Stanza(b"EMSMTA", ((b"Disable", b"1"),))
    assert stanza(section="emsmta") == Stanza(b"emsmta", ((b"Disable", b"1"),))


def test_the_spec_and_the_checks_know_the_same_options() -> None:
    assert set(mspclnt_ini_spec()) == {*BASE, "drives"}


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (1, b"1"),
        (-7, b"-7"),
        (10**12, b"1000000000000"),
        ("1", b"1"),
        ("", b""),
        ("yes", b"yes"),
        ("110,119,143", b"110,119,143"),
        ("a 'b' c", b"a 'b' c"),
        ("x=1;y # z", b"x=1;y # z"),
        ("[A]", b"[A]"),
        ("\\\\PROXY\\mspclnt\\", b"\\\\PROXY\\mspclnt\\"),
        ("v" * 65535, b"v" * 65535),
    ],
)
def test_values_that_are_written(given: object, written: bytes) -> None:
    assert stanza(settings={"Persistent": given}).settings == ((b"Persistent", written),)


@pytest.mark.parametrize("given", [0, 1, "0", "1"])
@pytest.mark.parametrize("key", ["Disable", "DISABLE"])
def test_values_of_disable(given: object, key: str) -> None:
    assert stanza(settings={key: given}).settings == ((key.encode(), str(given).encode()),)


@pytest.mark.parametrize("value", ["yes", "on", "", "01", "1;", 2, -1, "1" * 100])
@pytest.mark.parametrize("section", ["EMSMTA", "STORE"])
def test_disable_that_would_take_the_protection_away(value: object, section: str) -> None:
    with pytest.raises(OptionError) as caught:
        stanza(section=section, settings={"disable": value})
    assert str(caught.value).startswith(f"settings: disable would be {str(value)[:40]!r}; write 1 or 0: KB Q254909")
    assert "the protection would be gone" in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("section", ["EMSMTA.EXE", "emsmta.exe"])
def test_a_section_is_named_without_exe(section: str) -> None:
    with pytest.raises(OptionError, match=rf"without \{section[6:]}: give '{section[:6]}'"):
        stanza(section=section, settings={"Disable": 1})
    assert stanza(section=section, settings={"Disable": 1}, state="absent").section == section.encode()


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_copy_goes_with_restored_only(state: str) -> None:
    with pytest.raises(OptionError, match="backup_file: it is put back with 'state: restored' only"):
        stanza(state=state, backup_file="/mnt/c/mspclnt.ini.c8872780.bak")


@pytest.mark.parametrize("copy", [None, ""])
def test_restored_needs_a_copy(copy: str | None) -> None:
    with pytest.raises(OptionError, match="backup_file: required with 'state: restored'"):
        stanza(state="restored", backup_file=copy)


@pytest.mark.parametrize(
    "name", ["WWW-Proxy", "Configuration Refresh Time (Hours)", "#A", "//A", "a[b", '"A"', "a;b", "x~!$%&"]
)
def test_names_that_are_written(name: str) -> None:
    assert stanza(settings={name: 1}).settings == ((name.encode(), b"1"),)
    assert stanza(section=name, settings={"A": 1}).section == name.encode()


BAD_NAMES = [
    ("", "it is empty"),
    ("A]B", "it holds ']'"),
    ("A=B", "it holds '='"),
    ("A\nB", "only printable ASCII"),
    ("A\rB", "only printable ASCII"),
    ("A\tB", "only printable ASCII"),
    ("A\x00B", "only printable ASCII"),
    ("A\x1a", "only printable ASCII"),
    ("A\x7f", "only printable ASCII"),
    ("\xdcber", "only printable ASCII"),
    ("A\u2028B", "only printable ASCII"),
    ("A\ud800", "only printable ASCII"),
    (";A", "it starts with ';'"),
    ("[A", "it starts with '['"),
    (" A", "drops blanks at its start and end"),
    ("A ", "drops blanks at its start and end"),
    ("A\t", "only printable ASCII"),
]


@pytest.mark.parametrize(("name", "fragment"), BAD_NAMES)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_names_that_are_refused(name: str, fragment: str, state: str) -> None:
    with pytest.raises(OptionError) as section:
        stanza(section=name, settings={"A": 1}, state=state)
    with pytest.raises(OptionError) as key:
        stanza(settings={name: 1}, state=state)
    for caught, option in ((section, "section"), (key, "settings")):
        assert str(caught.value).startswith(f"{option}: {name!r} cannot be the name of")
        assert fragment in str(caught.value)


@pytest.mark.parametrize("name", [1, True, None, 1.5])
def test_key_names_that_are_not_text(name: object) -> None:
    with pytest.raises(OptionError, match="not text; write it in quotes"):
        stanza(settings={name: 1})


@pytest.mark.parametrize(
    ("value", "fragment"),
    [
        (True, "Disable is the boolean True; write 1 or 0, not yes, no, true or false"),
        (False, "Disable is the boolean False; write 1 or 0"),
        (1.0, "Disable is a float; give a whole number or text in quotes"),
        (None, "Disable is null; give a whole number or text in quotes"),
        ([1], "Disable is a list; give"),
        ({"a": 1}, "Disable is a dictionary; give"),
        (b"1", "Disable is of the type bytes; give"),
        ("1\n", "the value of Disable cannot be written: '1\\n' holds a character that is not printable ASCII"),
        ("1\r2", "not printable ASCII"),
        ("\t1", "not printable ASCII"),
        ("1\x1a", "not printable ASCII"),
        ("\xe9", "not printable ASCII"),
        (" 1", "' 1' starts or ends with a blank, which Windows drops"),
        ("1 ", "starts or ends with a blank"),
        ('"1"', "starts or ends with a quote, which Windows may drop"),
        ("1'", "starts or ends with a quote"),
        ("'1'", "starts or ends with a quote"),
        ('"', "starts or ends with a quote"),
        ("v" * 65536, "it has 65536 characters, more than the 65535 that Windows reads"),
    ],
)
def test_values_that_are_refused(value: object, fragment: str) -> None:
    with pytest.raises(OptionError) as caught:
        stanza(settings={"Disable": value})
    assert str(caught.value).startswith("settings: ")
    assert fragment in str(caught.value)


@pytest.mark.parametrize("value", [True, None, 1.5, [1], " x\n", "\xe9", "yes"])
def test_absent_does_not_look_at_values(value: object) -> None:
    assert stanza(settings={"Disable": value}, state="absent").settings == ((b"Disable", b""),)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_settings_that_are_missing(state: str) -> None:
    with pytest.raises(OptionError, match="settings: required for section 'STORE'; only section EMSMTA has a default"):
        stanza(section="STORE", state=state)
    with pytest.raises(OptionError, match="settings: it is empty; name at least one key"):
        stanza(settings={}, state=state)


def test_one_key_in_two_spellings() -> None:
    with pytest.raises(OptionError, match="'Disable' and 'DISABLE' are the same key to Windows; name it once"):
        stanza(settings={"Disable": 1, "DISABLE": 0})


def test_an_empty_path() -> None:
    with pytest.raises(OptionError, match="path: it is empty"):
        edit_request_from({**BASE, "path": ""})
