# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site's links: where they lead there, which lead nowhere, and the guide's pages as other sites name them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.docsite.links import broken_links
from tests.docsite.pages import GUIDE, Tree, write_pages

ROOT = Path(__file__).resolve().parents[2]
FORGE = "https://forge.example/us/it"
FILES = {
    "README.md": "# It\n",
    "SUPPORT.md": "# Support\n",
    "CHANGELOG.rst": "",
    "docs/facts.md": "# Facts\n",
    "docs/report.png": "",
    "docs/guide/README.md": "1. [Fix](fix.md)\n2. [Audit](audit.md)\n",
    "docs/guide/fix.md": "# Fix\n",
    "docs/guide/audit.md": "# Audit\n",
    "examples/project/hosts.yml": "",
    "roles/emsmta_bypass/README.md": "# Role\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    for name, text in FILES.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Tree(tmp_path / "tree", FORGE)


@pytest.mark.parametrize(
    ("page", "link", "in_the_site"),
    [
        ("docs/guide/fix.md", "audit.md#files", "audit.md#files"),
        ("docs/guide/fix.md", "#before", "#before"),
        ("docs/guide/fix.md", "../facts.md", "../facts.md"),
        ("docs/guide/fix.md", "../../README.md", "../../index.md"),
        ("docs/guide/fix.md", "../../examples/project", f"{FORGE}/tree/main/examples/project"),
        ("docs/guide/fix.md", "../../LICENSE", f"{FORGE}/blob/main/LICENSE"),
        ("docs/guide/fix.md", f"{FORGE}/blob/main/docs/guide/audit.md#files", "audit.md#files"),
        ("README.md", f"{FORGE}/blob/main/docs/facts.md", "docs/facts.md"),
        ("README.md", f"{FORGE}/raw/main/docs/report.png", "docs/report.png"),
        ("README.md", f"{FORGE}/blob/main/docs/report.png?raw=true", "docs/report.png"),
        ("README.md", f"{FORGE}/tree/main/examples/project/", f"{FORGE}/tree/main/examples/project"),
        ("README.md", f"{FORGE}/issues", f"{FORGE}/issues"),
        ("README.md", "CHANGELOG.rst", "reference/changelog.rst"),
        ("README.md", "https://other.example/blob/main/docs/facts.md", "https://other.example/blob/main/docs/facts.md"),
        ("roles/emsmta_bypass/README.md", f"{FORGE}/blob/main/docs/facts.md#x", "../../docs/facts.md#x"),
    ],
)
def test_a_link_of_a_page(tree: Tree, page: str, link: str, in_the_site: str) -> None:
    (tree.folder / page).write_text(f"A [page]({link}), [another].\n\n[another]: {link}\n")
    assert tree.markdown(page) == f"A [page]({in_the_site}), [another].\n\n[another]: {in_the_site}\n"


def test_a_link_for_other_sites_stays_here_where_the_site_has_the_page(tree: Tree) -> None:
    text = f"`Fix it <{FORGE}/blob/main/docs/guide/fix.md>`__, `licence <{FORGE}/blob/main/LICENSE>`__"
    assert tree.rst(text) == f":doc:`Fix it </docs/guide/fix>`, `licence <{FORGE}/blob/main/LICENSE>`__"


def test_the_contents_name_each_page(tree: Tree, tmp_path: Path) -> None:
    write_pages(tree, tmp_path / "site")
    text = (tmp_path / "site" / "index.md").read_text()
    guide = ["docs/guide/README", "docs/guide/fix", "docs/guide/audit"]
    assert text.startswith("# It\n")
    assert [line for line in text.splitlines() if line.startswith("docs/guide")] == guide
    assert "\nSUPPORT\n" in text
    assert (tmp_path / "site" / "docs" / "report.png").exists()


@pytest.mark.parametrize(
    "link",
    [
        "none.html",
        "fix.html#none",
        "#none",
        "../",
        "/",
        "none.css",
        f"{FORGE}/blob/main/none.md",
        f"{FORGE}/edit/main/none.py?message=x",
    ],
)
def test_a_link_that_leads_nowhere_is_named(tree: Tree, tmp_path: Path, link: str) -> None:
    site = tmp_path / "site"
    site.mkdir()
    right = ("fix.html", "fix.html#before", "site.css?v=1", f"{FORGE}/blob/main/docs/facts.md#x", "https://a.example/b")
    (site / "site.css").write_text("")
    (site / "fix.html").write_text('<h2 id="before">Before</h2>')
    (site / "index.html").write_text("".join(f'<a href="{each}">x</a>' for each in (*right, link)))
    assert broken_links(site, tree.folder, FORGE) == [f"index.html: {link}"]


def test_other_sites_name_each_page_of_the_guide_in_its_order() -> None:
    forge = yaml.safe_load((ROOT / "galaxy.yml").read_text())["repository"]
    order = re.findall(r"\]\(([\w-]+\.md)\)", (ROOT / GUIDE / "README.md").read_text())
    titles = [(ROOT / GUIDE / name).read_text().splitlines()[0].removeprefix("# ") for name in order]
    text = (ROOT / "docs/docsite/rst/guide.rst").read_text()
    assert sorted([*order, "README.md"]) == sorted(path.name for path in (ROOT / GUIDE).glob("*.md"))
    assert re.findall(rf"^#\. `(.*) <{forge}/blob/main/{GUIDE}/(.*)>`__$", text, re.MULTILINE) == list(
        zip(titles, order, strict=True)
    )
