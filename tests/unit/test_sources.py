# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each source that the code or the docs name is on the page of facts, and what is told as documented has one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.servers import Sample, samples
from tests.unit.sample_drives import ask

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8")
# As they are written: KB Q254909, Q254909, KB 254909; chapters and pages with a number.
NAMED = re.compile(r"\b(?:Q(\d{5,6})|KB (\d{5,6}))\b|\b(CAT\d+|[Cc][Cc]\d{6})\b")
TOLD = ("reasons", "risks", "advice", "notes")


def sources() -> dict[str, str]:
    """Give the subject of each source of the page."""
    return dict(re.findall(r"^\| (\S+) \| (.+) \|$", PAGE.partition("\n## Sources\n")[2], re.MULTILINE))


def texts() -> Iterator[Path]:
    yield from (ROOT / "plugins").rglob("*.py")
    yield from (path for path in (ROOT / "roles").rglob("*") if path.suffix in (".md", ".yml"))
    yield from (ROOT / "docs").rglob("*.md")
    yield ROOT / "README.md"


def named_in(text: str) -> set[str]:
    return {f"Q{article or bare}" if article or bare else other for article, bare, other in NAMED.findall(text)}


def test_the_page_has_a_subject_for_each_source() -> None:
    assert len(sources()) > 40
    assert all(len(subject) > 15 for subject in sources().values())
    assert len(re.findall(r"^\| Q\d{6} \|", PAGE, re.MULTILINE)) == sum(name.startswith("Q") for name in sources())


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in texts()])
def test_a_source_that_is_named_is_on_the_page(path: Path) -> None:
    assert named_in(path.read_text(encoding="utf-8")) <= set(sources())


def test_the_forms_of_a_name_are_all_seen() -> None:
    assert named_in("KB Q254909, (Q181420) KB 268326; CAT8, page cc302546, CC302546") == {
        "Q254909",
        "Q181420",
        "Q268326",
        "CAT8",
        "cc302546",
        "CC302546",
    }


def faulty(sample: Sample, folder: Path) -> list[dict[str, Any]]:
    """Give what is told of a server with a source that is not on the page, or as documented without one."""
    sample.furnish(folder)
    sample.add_hives(folder)
    result = ask(folder, sample)
    known = {"", *sources()}
    told = [item for name in TOLD for item in result[name]]
    # A file that cannot be read says so itself.
    own = [item for item in told if item["code"] != "unreadable"]
    bare = [item for item in own if item["certainty"] == "documented" and not item["source"]]
    return bare + [item for item in told if item["source"] not in known]


@pytest.mark.parametrize("sample", [pytest.param(sample, id=sample.name) for sample in samples()])
def test_what_is_told_as_documented_names_its_source(sample: Sample, tmp_path: Path) -> None:
    assert faulty(sample, tmp_path) == []
