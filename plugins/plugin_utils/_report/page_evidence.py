# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence as report.html shows it. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...module_utils._server.text import QUOTED_NAME, cut, few
from .causes import BY_NAME, CLUSTER, FIREWALL, MULTIHOMED, NO_REVERSE_NAME, RAS
from .proxies import BY_MASTER_COPY, BY_MSPCLNT, GIVEN
from .refusals import caller_of, has_proxy, was_read
from .report import Report
from .sentences import FOUND, head_of, in_words
from .servers import EXPOSED, NOT_APPLICABLE, UNKNOWN

# Of rows that the page has; report.json has what was read of each server.
MOST_ROWS = 200
# So many servers under "Fits" stand in each row; more stand once.
FEW_FITS = 3
LEVELS_NOT_KNOWN = (
    "diagnostics levels not known, so that events may be missing: see them in Exchange Administrator, on the page "
    "Diagnostics Logging of the MTA (Q163032)"
)
SOURCES = {
    GIVEN: "given",
    BY_MSPCLNT: "a guess: clients' Mspclnt.ini names it, mostly by its address on the inner side",
    BY_MASTER_COPY: "a guess: the share of a master copy names it",
}
CAUSE_NAMES = {
    NO_REVERSE_NAME: "no name by reverse lookup",
    BY_NAME: "a connector by name",
    MULTIHOMED: "a caller with several addresses",
    CLUSTER: "a node of a cluster",
    RAS: "a dial-up address",
    FIREWALL: "a firewall or translated addresses",
}


class Shown(NamedTuple):
    """The evidence in the order of the page.

    groups: servers by how sure it is: the colour of the status that is as bad, a title, and their names.
    rows: refusals, those with the proxy's address first; left_out: of how many more the page says nothing.
    of: what speaks for each server, in words, by its name, and evidenced: those for which something does.
    same: of a row, by its number in the page, which earlier one names the same servers.
    quiet: servers whose log was read and does not have the proxy's address, by what makes their silence say less;
    quiet_logs: how many; reach: back to which record these logs were read.
    faults: servers whose log could not be read to its end, and why.
    """

    groups: Sequence[tuple[str, str, Sequence[str]]]
    rows: Sequence[Mapping[str, Any]]
    left_out: int
    of: Mapping[str, str]
    evidenced: frozenset[str]
    same: Mapping[int, int]
    quiet: Sequence[tuple[Sequence[str], str]]
    quiet_logs: int
    reach: Sequence[tuple[str, Mapping[str, Any]]]
    faults: Sequence[tuple[str, str]]


def shown(report: Report) -> Shown | None:
    """Give the evidence of a report for the page; None where no events were gathered."""
    evidence = report["evidence"]
    if evidence is None:
        return None
    rows = [row for remote in evidence["remotes"] for row in remote["refused"]]
    rows.sort(key=lambda row: (row["proxy"] is not None, row["last"]), reverse=True)
    quiet = [each for each in evidence["remotes"] if was_read(each) and not has_proxy(each)]
    left_out = len(rows[MOST_ROWS:]) + sum(remote["refused_left_out"] for remote in evidence["remotes"])
    return Shown(
        groups=_groups(evidence["servers"]),
        rows=rows[:MOST_ROWS],
        left_out=left_out,
        # The rows name the others; here, a search for one of them would find all behind the proxy.
        of={each["name"]: in_words(each, named=0) for each in evidence["servers"]},
        evidenced=frozenset(each["name"] for each in evidence["servers"] if each["sure"] in FOUND),
        same=_same(rows[:MOST_ROWS]),
        quiet=_quiet(quiet),
        quiet_logs=len(quiet),
        reach=[(each["name"], each["read_to"]) for each in quiet if each["read_to"]],
        faults=[(each["name"], each["fault"]) for each in evidence["remotes"] if each["fault"]],
    )


def _groups(servers: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, list[str]]]:
    found: dict[tuple[str, str], list[str]] = {}
    for each in servers:
        colour = NOT_APPLICABLE if each["sure"] not in FOUND else UNKNOWN if each["protected"] else EXPOSED
        found.setdefault((colour, head_of(each)), []).append(each["name"])
    return [(colour, title[:1].upper() + title[1:], names) for (colour, title), names in found.items()]


def _same(rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    first: dict[tuple[Sequence[str], int], int] = {}
    found: dict[int, int] = {}
    for number, row in enumerate(rows, 1):
        if len(row["fits"]) > FEW_FITS:
            earlier = first.setdefault((tuple(row["fits"]), row["fits_left_out"]), number)
            found |= {number: earlier} if earlier < number else {}
    return found


def _quiet(remotes: Sequence[Mapping[str, Any]]) -> list[tuple[list[str], str]]:
    """Give the servers whose log does not have the proxy's address, together where the same is to be said of them."""
    found: dict[str, list[str]] = {}
    for remote in remotes:
        for silence in _silence(remote):
            found.setdefault(silence, []).append(remote["name"])
    most_first = sorted(found.items(), key=lambda each: -len(each[1]))
    return [(names, silence) for silence, names in most_first]


def address(row: Mapping[str, Any]) -> str:
    """Give the address of an event in all readings."""
    return caller_of(row) or "no address"


def count_of(number: int, of: str) -> str:
    """Give a number of things."""
    return f"{number} {of}{'' if number == 1 else 's'}"


def _silence(remote: Mapping[str, Any]) -> Iterator[str]:
    """Say what the silence of a log is worth; what most have in common stands by itself."""
    doubts = []
    if remote["blind"] is None:
        doubts.append("its build is not known")
    elif remote["blind"]:
        doubts.append(f"build {remote['build']} may log no 9301")
    levels = remote["levels"]
    if levels:
        doubts.append(
            "diagnostics levels " + few([f"{cut(name, QUOTED_NAME)}: {level}" for name, level in levels.items()])
        )
    if not remote["whole"]:
        doubts.append("not read to its oldest record")
    if remote["lost"]:
        doubts.append("records are lost, or may be")
    if remote["kinds_left_out"]:
        doubts.append(f"{count_of(remote['kinds_left_out'], 'event')} of too many kinds left out")
    if doubts or levels is not None:
        yield "; ".join(doubts)
    if levels is None:
        yield LEVELS_NOT_KNOWN
