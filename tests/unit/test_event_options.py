# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of `mta_event_info`: what they ask for, and what is refused before anything is opened."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import OptionError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.mta import IDS
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import Record
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mta_event_info import (
    EventRequest,
    event_request_from,
    event_request_over_smb,
    mta_event_info_spec,
)

DEFAULTS: dict[str, Any] = {name: option.get("default") for name, option in mta_event_info_spec().items()}
MARCH = int(datetime(2003, 3, 1, tzinfo=timezone.utc).timestamp())


def asked(**options: Any) -> EventRequest:
    return event_request_over_smb({**DEFAULTS, **options})


def refusal(**options: Any) -> str:
    with pytest.raises(OptionError) as caught:
        asked(**options)
    text = str(caught.value)
    assert text.startswith(f"{next(iter(options))}: ")
    assert text.isprintable()
    assert len(text) < 600
    return text


def test_what_is_asked_for_by_default() -> None:
    assert asked() == EventRequest({}, None, "Application", "MSExchangeMTA", frozenset(IDS), None, None, 1000)


@pytest.mark.parametrize(
    ("since", "seconds"),
    [
        ("2003-03-01", MARCH),
        ("2003-03-01T08:00:00Z", MARCH + 8 * 3600),
        ("2003-03-01T08:00:09", MARCH + 8 * 3600 + 9),
        ("2003-03-01T08:01Z", MARCH + 8 * 3600 + 60),
        # As Ansible hands on what YAML takes for a time.
        ("2003-03-01 08:00:00+00:00", MARCH + 8 * 3600),
        ("2003-03-01 08:00:00", MARCH + 8 * 3600),
        ("1970-01-01", 0),
    ],
)
def test_a_time(since: str, seconds: int) -> None:
    assert (asked(since=since).since, asked(since=since).span) == (seconds, None)


@pytest.mark.parametrize(
    ("since", "seconds"),
    [
        ("1 hour", 3600),
        ("1h", 3600),
        ("36 hours", 36 * 3600),
        ("90 minutes", 5400),
        ("90m", 5400),
        ("1 minute", 60),
        ("5 min", 300),
        ("7 days", 7 * 86400),
        ("7d", 7 * 86400),
        ("1 Day", 86400),
    ],
)
def test_a_span(since: str, seconds: int) -> None:
    assert (asked(since=since).since, asked(since=since).span) == (None, seconds)


@pytest.mark.parametrize("since", [None, ""])
def test_no_time_and_no_span(since: str | None) -> None:
    assert (asked(since=since).since, asked(since=since).span) == (None, None)


@pytest.mark.parametrize(
    "since",
    [
        "yesterday",
        "7",
        "0 hours",
        "-1 hour",
        "1 week",
        "1 month",
        "1  hour",
        "1000000h",
        "1.5 hours",
        "2003-13-01",
        "2003-02-29",
        "2003-03-01T24:00:00Z",
        "2003-03-01T08",
        "2003-03-01T08:00:00+01:00",
        "0000-01-01",
        "01.03.2003",
        "2003-03-01\n",
        "\u0667 days",
        "\u0662003-03-01",
        "x" * 100_000,
        "\ud800",
    ],
)
def test_any_other_text_is_neither(since: str) -> None:
    assert "is neither a time in UTC, such as 2003-03-01T08:00:00Z" in refusal(since=since)


@pytest.mark.parametrize("limit", [0, -1, 100_001, 10**20])
def test_a_limit_has_bounds(limit: int) -> None:
    assert refusal(limit=limit) == f"limit: {limit} is not from 1 to 100000"
    assert (asked(limit=1).limit, asked(limit=100_000).limit) == (1, 100_000)


@pytest.mark.parametrize(
    ("ids", "said"),
    [([], "it is empty; leave it out"), (None, "it is empty"), ([9301, -1], "-1 is"), ([65536], "65536")],
)
def test_ids_are_those_of_the_event_viewer(ids: list[int], said: str) -> None:
    assert said in refusal(ids=ids)
    assert asked(ids=[0, 65535, 0]).ids == {0, 65535}


@pytest.mark.parametrize("option", ["log", "source"])
@pytest.mark.parametrize("name", ["", " ", "a\\b", "a\nb", "\0", "\ud800", "x" * 256])
def test_a_name_that_none_can_be(option: str, name: str) -> None:
    refusal(**{option: name})
    assert asked(log="DNS Server", source="Übertragung").log == "DNS Server"


@pytest.mark.parametrize("options", [{"drives": {"C": "/mnt"}}, {"drives": None, "system_root": "C:\\WINNT"}])
def test_what_is_refused_over_smb(options: dict[str, Any]) -> None:
    assert "leave 'drives' and 'system_root' out" in refusal(**options)


def test_on_drives(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    request = event_request_from({**DEFAULTS, "drives": {"c": str(tmp_path)}, "system_root": "C:\\WINNT"})
    assert (request.drives, request.system_root) == ({"C": str(tmp_path)}, "C:\\WINNT")
    for wrong in ({"drives": None}, {"drives": {"C": "/nowhere"}}):
        with pytest.raises(OptionError, match=r"^drives: "):
            event_request_from({**DEFAULTS, **wrong})
    with pytest.raises(OptionError, match=r"^system_root: /winnt is a path of this machine"):
        event_request_from({**DEFAULTS, "drives": {"C": str(tmp_path)}, "system_root": "/winnt"})


@pytest.mark.parametrize(
    ("event_id", "source", "wanted"),
    [
        (0x80002455, "MSExchangeMTA", True),
        (9301, "msexchangemta", True),
        (9301, "MSExchangeIS", False),
        (9300, "MSExchangeMTA", False),
    ],
)
def test_which_records_are_wanted(event_id: int, source: str, wanted: bool) -> None:
    assert asked().wants(Record(1, 0, 0, event_id, 1, 1, source, "EX01", ())) is wanted
