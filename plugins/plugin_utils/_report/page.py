# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from .history import CHANGED, NOT_KNOWN, READ_OTHER
from .page_evidence import CAUSE_NAMES, SOURCES, address, count_of, shown
from .report import Report
from .servers import (
    EXPOSED,
    FAILED,
    NOT_LOOKED_AT,
    PROTECTED,
    STATUSES,
    UNKNOWN,
    UNREACHABLE,
    Server,
    verdict_of,
    words,
)

TEMPLATE = Path(__file__).with_name("page.html.j2")
STYLE, SCRIPT = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
ARTICLE = re.compile(r"\bQ(\d{6})\b")
ARCHIVE = "https://github.com/jeffpar/kbarchive/blob/master/kb"
FACTS = "https://github.com/legacy-exchange/winsock_proxy/blob/main/docs/facts.md#sources"
# What several servers are told in the same words stands once.
SHARED_BY = 2
# Of reasons only these, which say what was not looked at: the others are what was found, and belong to their server.
DOUBTS = ("client_switch_unknown", "redirection_unknown", "version_unknown")
# So many names stand in a line; more are folded.
FEW = 12
NOT_JUDGED = (UNKNOWN, UNREACHABLE, FAILED, NOT_LOOKED_AT)
# A message begins with what the column beside it says.
STATUS_AND_CERTAINTY = re.compile(r"^[a-z_]+(?: -> [a-z_]+)? \([a-z]+\): ")
RESTART = {
    READ_OTHER: "Protected, and not started since: the running MTA is taken not to have read the fix (inferred)",
    CHANGED: "Fixed, and not known to have been started since",
    NOT_KNOWN: "Protected, and not known to have been started since",
}
SINCE = (
    ("no_longer_protected", EXPOSED, "Protected last time, exposed now"),
    ("fixed_again", UNKNOWN, "Undone since the last time, and fixed again"),
    ("newly_protected", "protected", "Exposed last time, protected now"),
    ("new", "not_applicable", "New in this report"),
    ("gone", "not_applicable", "No longer in the inventory"),
)
# Of advice, risks and doubts; others are told by their codes.
TITLES = {
    "all_peers_local": "All remote MTAs may be local",
    "client_1_0": "Client 1.0",
    "client_switch_unknown": "Is the client switched on?",
    "cluster": "A cluster",
    "fix_master": "Make the fix last",
    "gather_events": "Read the logs of the other side",
    "hidden_by_wspcfg": "A Wspcfg.ini may hide the fix",
    "isa_2004_client": "The client of ISA Server 2004",
    "isa_management": "ISA Management",
    "leave_out": "Ask the partners first",
    "logs_not_read": "No log of the other side",
    "look": "Look again",
    "mta_not_restarted": "Was the MTA restarted?",
    "override_proxied": "Override, where it is not on purpose",
    "overwritten_on_refresh": "A refresh may undo the fix",
    "peers_outside": "Remote MTAs that are not local",
    "proxy_addresses": "The proxy's address on the other side",
    "proxied_by_default": "Mail may use the proxy on purpose",
    "proxied_on_purpose": "The section may be there on purpose",
    "proxy_client_1_0": "Perhaps client 1.0",
    "refused_callers": "Is one of them your proxy?",
    "redirection_unknown": "Does the registry redirect the reads?",
    "remediate": "Fix",
    "remote_events": "Look at the other side",
    "restart_mta": "Restart the MTA",
    "version_unknown": "Which version of Exchange?",
}
IN_FORCE = {
    "yes": "the running MTA is taken to have read it (inferred)",
    "no": "the running MTA is taken not to have read it (inferred)",
    "unknown": "whether the running MTA has read it is not known",
}
MEANINGS = {
    "exposed": "The MTA and the client are installed, and Windows does not read Disable as 1: mail may fail (Q254909).",
    "protected": "Both are installed, and Windows reads 1.",
    "not_applicable": "The MTA or the client is not installed, or Q254909 does not name the MTA's Exchange.",
    "unknown": "It cannot be told; the server's details say why.",
    "unreachable": "No connection to the server, or no logon.",
    "failed": "The look at the server, or the edit, ended with an error.",
    "not_looked_at": "This run did not look at the server, or not yet. What was known before stands beside it.",
    "refused": "A run left the server as it is, and says why and what to do.",
    "not_verified": "After the edit, Windows was not seen to read what was written.",
    "documented": "The source that is named says so.",
    "inferred": "It follows from the source that is named.",
}


class Tile(NamedTuple):
    """A status: its place among all, how many servers have it, and how many stand before them."""

    status: str
    place: int
    servers: int
    before: int


class Shared(NamedTuple):
    """A risk or a doubt that the same words tell of several servers, so that it stands once."""

    number: int
    told: Mapping[str, Any]
    servers: Sequence[str]


class Edit(NamedTuple):
    """An edit as a small diff: lines with ``line``, None where its number is not known, ``before`` and ``after``."""

    title: str
    path: str
    lines: Sequence[Mapping[str, Any]]
    kept: str | None = None


def as_html(report: Report) -> bytes:
    """Give report.html."""
    servers = report["servers"]
    page = _environment().from_string(TEMPLATE.read_text(encoding="utf-8"))
    text = page.render(
        report=report,
        headline=_headline(report),
        style=STYLE,
        script=SCRIPT,
        policy="; ".join(_policy()),
        tiles=_tiles(report),
        place={status: place for place, status in enumerate(STATUSES)},
        since=[(kind, title, report["since"][key]) for key, kind, title in SINCE if report["since"][key]],
        restart=_restart(report),
        not_read=_not_read(report),
        history=any(server["last_status"] or server["status_before"] for server in servers),
        number={server["name"]: number for number, server in enumerate(servers, 1)},
        shared=_shared(servers),
        evidence=report["evidence"],
        shown=shown(report),
        sources=SOURCES,
        cause_names=CAUSE_NAMES,
        next=_next(report),
        in_force=IN_FORCE,
        meanings=MEANINGS,
        few=FEW,
    )
    return text.encode("utf-8")


def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "address": address,
        "brief": _brief,
        "count_of": count_of,
        "day": _day,
        "edits": _edits,
        "linked": _linked,
        "source": _source,
        "title_of": _title,
        "titled": _titled,
        "words": words,
    }
    return environment


def _policy() -> list[str]:
    return [
        "default-src 'none'",
        f"style-src {_hash(STYLE)}",
        f"script-src {_hash(SCRIPT)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def _headline(report: Report) -> str:
    """Say in one sentence how the fleet is."""
    totals, most = report["totals"], len(report["servers"])
    exposed, open_ = totals[EXPOSED], sum(totals[status] for status in NOT_JUDGED)
    head = f"{exposed} of {count_of(most, 'server')} {'is' if exposed == 1 else 'are'} exposed"
    if not exposed:
        head = "No server is known to be exposed" if open_ else "No server is exposed"
    told = f"{open_}{'' if exposed else f' of {most}'} {'was' if open_ == 1 else 'were'} not judged"
    return f"{head}, {told}." if open_ else f"{head}."


def _tiles(report: Report) -> list[Tile]:
    tiles: list[Tile] = []
    for place, status in enumerate(STATUSES):
        before = sum(tile.servers for tile in tiles)
        tiles += [Tile(status, place, number, before)] if (number := report["totals"][status]) else []
    return tiles


def _restart(report: Report) -> list[tuple[str, str, list[str]]]:
    """Give the servers whose MTA has to be restarted, by why, each with the colour of a status."""
    groups = [
        (
            UNKNOWN if why == READ_OTHER else PROTECTED,
            title,
            [entry["name"] for entry in report["restart"] if entry["why"] == why],
        )
        for why, title in RESTART.items()
    ]
    return [group for group in groups if group[2]]


def _not_read(report: Report) -> int:
    """Give how many protected servers have an MTA that is taken not to have read the fix, where that was asked for."""
    if report["evidence"] is None:
        return 0
    return sum(
        server["in_force"] == "no" and verdict_of(server, report["check_mode"]) == PROTECTED
        for server in report["servers"]
    )


def _shared(servers: Sequence[Server]) -> dict[str, Shared]:
    """Give what several servers are told in the same words, by these words; what most are told first."""
    found: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for server in servers:
        for told in (*server["risks"], *(reason for reason in server["reasons"] if reason["code"] in DOUBTS)):
            found.setdefault(told["message"], (told, []))[1].append(server["name"])
    several = sorted((each for each in found.values() if len(each[1]) >= SHARED_BY), key=lambda each: -len(each[1]))
    return {told["message"]: Shared(number, told, names) for number, (told, names) in enumerate(several, 1)}


def _next(report: Report) -> dict[str, list[tuple[int, str]]]:
    """Give each server's advice: its number in the page, and its code."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, advice in enumerate(report["advice"], 1):
        for name in advice["servers"]:
            found.setdefault(name, []).append((number, advice["code"]))
    return found


def _edits(server: Server, check: bool) -> list[Edit]:
    """Give what a run changed, or would, and what would still have to be.

    A plan knows the lines of an edit. A change knows its values only, so in check mode the plan tells it.
    """
    title = "Would change" if check else "Changed"
    after = {change["path"]: change["after"] for change in server["changes"]} if check else {}
    planned = [
        Edit(title if after.get(step["path"]) == _texts(step["settings"]) else "The edit", step["path"], step["edit"])
        for step in server["plan"]
        if step["edit"]
    ]
    told = {edit.path for edit in planned if edit.title == title}
    changes = [change for change in server["changes"] if change["path"] not in told]
    return [
        *(Edit(title, each["path"], _lines(each), None if check else each["backup_file"]) for each in changes),
        *planned,
    ]


def _texts(settings: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in settings.items()}


def _lines(change: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the keys of a change as lines, whose numbers it does not know."""
    pairs = [(key, change["before"].get(key), value) for key, value in change["after"].items()]
    return [{"line": None, "before": _setting(key, old), "after": _setting(key, new)} for key, old, new in pairs]


def _setting(key: str, value: object) -> str | None:
    return None if value is None else f"{key}={value}"


def _brief(server: Server) -> str:
    """Give a message without the status that it begins with."""
    return STATUS_AND_CERTAINTY.sub("", server["message"], count=1)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _title(code: str) -> str:
    """Give the title of an advice or a risk."""
    return TITLES.get(code) or words(code).capitalize()


def _titled(item: Mapping[str, Any]) -> Markup:
    """Give a message behind its title, or with its title in it."""
    title, text = _title(item["code"]), item["message"]
    if text.startswith(title):
        return Markup("<strong>{}</strong>{}").format(title, _linked(text[len(title) :]))
    return Markup("<strong>{}{}</strong> {}").format(title, "" if title.endswith("?") else ".", _linked(text))


def _linked(text: str) -> Markup:
    """Give a text whose articles of the Knowledge Base are links to where they are kept."""
    # What is put in has no sign that would have to be escaped: six digits.
    return Markup(ARTICLE.sub(_article, str(escape(text))))


def _article(found: re.Match[str]) -> str:
    return f'<a href="{ARCHIVE}/{found[1][:3]}/{found[0]}/README.md">{found[0]}</a>'


def _source(source: str) -> Markup:
    """Give a source as a link: an article, or else the page that says what this name is."""
    if ARTICLE.search(source):
        return _linked(source)
    return Markup('<a href="{}">{}</a>').format(FACTS, source)


def _day(time: str | None) -> str:
    """Give a time for people: 2026-11-26 11:06 UTC."""
    return f"{time[:10]} {time[11:16]} UTC" if time else ""
