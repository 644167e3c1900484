# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for people: report.html, one file that fetches nothing. Pure but for its template, read once.

PRIVATE to the collection: no part of this file is a public interface.

Texts come from servers, so Jinja escapes all of them, and a policy lets the browser run
this script and no other, and fetch nothing (Content Security Policy Level 3).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined

from .report import Report
from .servers import STATUSES, Server

TEMPLATE = Path(__file__).with_name("page.html.j2")
STYLE, SCRIPT = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
ARTICLE = re.compile(r"Q(\d{6})")
ARCHIVE = "https://github.com/jeffpar/kbarchive/blob/master/kb"
SHARED_BY = 2


class Shared(NamedTuple):
    """A risk that the same words tell of several servers, so that it stands once."""

    number: int
    risk: Mapping[str, Any]
    servers: Sequence[str]


def as_html(report: Report) -> bytes:
    """Give report.html."""
    shared = _shared(report["servers"])
    page = _environment().from_string(TEMPLATE.read_text(encoding="utf-8"))
    text = page.render(
        report=report,
        style=STYLE,
        script=SCRIPT,
        policy=f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'",
        tiles=[(status, report["totals"][status]) for status in STATUSES if report["totals"][status]],
        place_of={status: place for place, status in enumerate(STATUSES)},
        shared=list(shared.values()),
        number_of={text: each.number for text, each in shared.items()},
    )
    return text.encode("utf-8")


def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"words": _words, "article": _article, "day": _day}
    return environment


def _shared(servers: Iterable[Server]) -> dict[str, Shared]:
    """Give the risks that several servers have in the same words, by these words."""
    found: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for server in servers:
        for risk in server["risks"]:
            found.setdefault(risk["message"], (risk, []))[1].append(server["name"])
    several = [(text, *each) for text, each in found.items() if len(each[1]) >= SHARED_BY]
    return {text: Shared(number, risk, names) for number, (text, risk, names) in enumerate(several, 1)}


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _words(code: str) -> str:
    """Give a code in words."""
    return code.replace("_", " ")


def _article(source: str) -> str:
    """Give where an article of the Knowledge Base is kept; nothing for another source."""
    number = ARTICLE.fullmatch(source or "")
    return f"{ARCHIVE}/{number[1][:3]}/{source}/README.md" if number else ""


def _day(time: str | None) -> str:
    """Give a time for people: 2026-11-26 11:06 UTC."""
    return f"{time[:10]} {time[11:16]} UTC" if time else ""
