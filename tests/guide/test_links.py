# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links into the project lead somewhere, on all its pages; those that Galaxy shows are absolute."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.guide.pages import ROOT, name_of

# In the text, and as a definition below it.
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)
DEFINED = re.compile(r"^\[([^\]]+)\]: ", re.MULTILINE)
# What stands in brackets, and is neither code nor the text of a link that says where it leads.
LABEL = re.compile(r"(?<![\w\]])!?\[([^\]]+)\](?![(:])(?:\[([^\]]+)\])?")
CODE = re.compile(r"^```.*?^```$|`[^`]*`", re.MULTILINE | re.DOTALL)
TEXTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "roles").rglob("*.md")]
# Galaxy shows these on its own site, where a relative link leads nowhere.
ON_GALAXY = [ROOT / "README.md", *(ROOT / "roles").rglob("README.md")]
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
# Folders have another address than files, and pictures one without the page around them.
IN_REPOSITORY = re.compile(rf"{re.escape(GALAXY['repository'])}/(blob|tree|raw)/main/([^#]+)(?:#(.+))?")
# Pages that the forge makes.
OF_THE_FORGE = {GALAXY["repository"], GALAXY["issues"], f"{GALAXY['repository']}/security/advisories/new"}
NAMED_IN_GALAXY = [GALAXY[name] for name in ("repository", "documentation", "homepage", "issues")]


def links_of(text: str) -> list[str]:
    """Give where the links of a page lead."""
    return [inline or defined for inline, defined in LINK.findall(text)]


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page, as a forge makes them from its headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_nowhere(page: Path, link: str) -> bool:
    """Tell whether a link into the project, relative or absolute, has no target; others are not looked at."""
    if link.startswith(GALAXY["repository"]):
        return link not in OF_THE_FORGE and absolute_leads_nowhere(link)
    if "://" in link:
        return False
    name, _hash, anchor = link.partition("#")
    return is_missing((page.parent / name).resolve() if name else page, anchor)


def absolute_leads_nowhere(link: str) -> bool:
    found = IN_REPOSITORY.fullmatch(link)
    if found is None:
        return True
    kind, name, anchor = found.groups()
    return (ROOT / name).is_dir() != (kind == "tree") or is_missing(ROOT / name, anchor)


def is_missing(target: Path, anchor: str | None) -> bool:
    return not target.exists() or (bool(anchor) and anchor not in anchors(target))


def not_defined(text: str) -> set[str]:
    """Give the labels of links that a page does not define."""
    labels = {" ".join((label or shown).split()) for shown, label in LABEL.findall(CODE.sub("", text))}
    return {label.lower() for label in labels} - {name.lower() for name in DEFINED.findall(text)}


@pytest.mark.parametrize("page", TEXTS, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = links_of(page.read_text(encoding="utf-8"))
    assert [link for link in links if leads_nowhere(page, link)] == []


@pytest.mark.parametrize("page", ON_GALAXY, ids=name_of)
def test_links_that_galaxy_shows_are_absolute(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert links_of(text)
    assert [link for link in links_of(text) if "://" not in link] == []
    assert not_defined(text) == set()
    assert not re.search(r"<(?:a|img)\b", text), "links in HTML are not looked at here"


@pytest.mark.parametrize("link", NAMED_IN_GALAXY)
def test_links_in_galaxy_yml_lead_somewhere(link: str) -> None:
    assert not leads_nowhere(ROOT / "galaxy.yml", link)


@pytest.mark.parametrize("before", ["", f"{GALAXY['repository']}/blob/main/"])
def test_a_link_that_leads_nowhere_is_seen(before: str) -> None:
    page = ROOT / "README.md"
    assert leads_nowhere(page, f"{before}docs/nothing.md")
    assert leads_nowhere(page, f"{before}docs/the-write.md#nothing")
    assert not leads_nowhere(page, f"{before}docs/the-write.md#going-back")
    assert leads_nowhere(page, f"{GALAXY['repository']}/blob/main/docs")
    assert leads_nowhere(page, f"{GALAXY['repository']}/tree/main/LICENSE")
    assert leads_nowhere(page, f"{GALAXY['repository']}/wiki")


def test_all_forms_of_links_are_seen() -> None:
    text = "[a](b) [c] [d\ne][f] ![g](h) `[code]`\n```ini\n[EMSMTA]\n```\n[f]: i\n"
    assert links_of(text) == ["b", "h", "i"]
    assert not_defined(text) == {"c"}
