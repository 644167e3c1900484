# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What looks tell of event logs, for reports of fleets."""

from __future__ import annotations

from typing import Any

Kind = dict[str, Any]
Events = dict[str, Any]


def at(hour: int, minute: int = 0, day: int = 20) -> str:
    """Give a time of November 2026."""
    return f"2026-11-{day:02}T{hour:02}:{minute:02}:00Z"


def moment(time: str, record: int = 1) -> dict[str, Any]:
    """Give a record and its time."""
    return {"record": record, "time": time}


def kind(code: int, *times: str, address: str | None = None, name: str | None = None, **more: Any) -> Kind:
    """Give events of one kind; times: newest first; address: of the caller, as an IPv4 address."""
    number = "".join(f"{int(byte):02X}" for byte in address.split(".")) if address else None
    return {
        "id": code,
        "about": None,
        "hex": number or (name.encode().hex() if name else None),
        "ipv4": address,
        "name": name,
        "count": len(times),
        "first": times[-1],
        "last": times[0],
        "record": 700,
        "times": list(times),
        **more,
    }


def events(**more: Any) -> Events:
    """Give what a look tells of a log without anything in it, but for what is named."""
    return {
        "started": None,
        "stopped": None,
        "build": "2653.23",
        "refused": [],
        "seen": [],
        "log": {
            "records": 800,
            "oldest": 1,
            "newest": 800,
            "oldest_time": at(0, day=1),
            "wrapped": False,
            "clean": True,
            "lost": 0,
        },
        "newest": moment(at(23), 800),
        "read_to": moment(at(0, day=1), 1),
        "whole": True,
        "levels": {"1 X.400 Service": 0, "4 Interface": 0, "7 Configuration": 0, "9 Operating System": 0},
        "clock": 0,
        "fault": None,
        "kinds_left_out": 0,
        "set_back": 0,
        **more,
    }
