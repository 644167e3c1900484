# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The markdown of a collection as pages of its site: written once, with links that lead to where the site has them."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

# The folder of what antsibull-docs writes. Beside it the site has the pages where the collection has them.
REFERENCE = "reference"
# These two have another place in the site.
MOVED = {"README.md": "index.md", "CHANGELOG.rst": f"{REFERENCE}/changelog.rst"}
# Behind the text of a link, or at the end of the page behind its name.
MARKDOWN_LINK = re.compile(r"(?:(?<=\]\()|^(\[[^]]+\]: +))([^)\s#]+)(#[^)\s]*)?", re.MULTILINE)
RST_LINK = re.compile(r"`([^`<]+?)\s+<([^>`]+)>`__?")
GUIDE = "docs/guide"
ROLE = "roles/emsmta_bypass/README"


@dataclass(frozen=True)
class Tree:
    """An installed collection, and where its sources are shown. forge: the address of the repository."""

    folder: Path
    forge: str

    def texts(self) -> list[str]:
        """Give the paths of its pages, sorted."""
        found = [*self.folder.glob("*.md"), *self.folder.glob("docs/**/*.md"), *self.folder.glob("roles/*/*.md")]
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def files(self) -> list[str]:
        """Give the paths of pictures and of other files that pages show or link."""
        found = [path for path in self.folder.glob("docs/*") if path.is_file() and path.suffix != ".md"]
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def path_of(self, link: str, page: str) -> str | None:
        """Give the path to which a link on a page leads; None where it leads out of the repository."""
        shown = re.match(rf"{re.escape(self.forge)}/(?:blob|tree|raw)/main/([^?]+)", link)
        if shown:
            return shown[1].rstrip("/")
        return None if "://" in link else os.path.normpath(f"{os.path.dirname(page)}/{link}").lstrip("/")

    def place_of(self, path: str) -> str | None:
        """Give the place that a path has in the site; None when it is only shown by the forge."""
        known = path in MOVED or path in self.texts() or path in self.files()
        return MOVED.get(path, path) if known else None

    def on_forge(self, path: str) -> str:
        """Give the address under which the forge shows a path."""
        return f"{self.forge}/{'tree' if (self.folder / path).is_dir() else 'blob'}/main/{path}"

    def markdown(self, page: str) -> str:
        """Give the text of a page with the links of the site."""

        def moved(link: re.Match[str]) -> str:
            path = self.path_of(link[2], page)
            if path is None:
                return link[0]
            place = self.place_of(path)
            here = os.path.dirname(MOVED.get(page, page))
            target = os.path.relpath(place, here or ".") if place else self.on_forge(path)
            return f"{link[1] or ''}{target}{link[3] or ''}"

        return MARKDOWN_LINK.sub(moved, (self.folder / page).read_text(encoding="utf-8"))

    def rst(self, text: str) -> str:
        """Give a text in reStructuredText whose links to the forge lead to the site where it has the page."""

        def moved(link: re.Match[str]) -> str:
            path = self.path_of(link[2], "")
            place = self.place_of(path) if path else None
            return f":doc:`{link[1]} </{os.path.splitext(place)[0]}>`" if place else link[0]

        return RST_LINK.sub(moved, text)

    def contents(self) -> str:
        """Give the table of contents, in the order of the guide's own page."""
        guide = (self.folder / GUIDE / "README.md").read_text(encoding="utf-8")
        own = [f"{GUIDE}/{name}" for name in re.findall(r"\]\(([\w-]+)\.md\)", guide)]
        above = [path.removesuffix(".md") for path in self.texts() if "/" not in path and path not in MOVED]
        parts = {
            "Guide": [f"{GUIDE}/README", *own],
            "Reference": [f"Modules, connection, role <{REFERENCE}/index>", f"The role in detail <{ROLE}>"],
            "Background": ["docs/*"],
            "Project": [f"Changes <{REFERENCE}/changelog>", *above],
        }
        return "".join(
            "\n```{toctree}\n:hidden:\n:glob:\n:maxdepth: 2\n:caption: " + "\n".join([caption, "", *names]) + "\n```\n"
            for caption, names in parts.items()
        )


def write_pages(tree: Tree, site: Path) -> None:
    """Write the sources of the site beside those that antsibull-docs has written."""
    for name in tree.texts():
        target = site / MOVED.get(name, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(tree.markdown(name) + (tree.contents() if name == "README.md" else ""), encoding="utf-8")
    for name in tree.files():
        shutil.copyfile(tree.folder / name, site / name)
    for path in (site / REFERENCE / "docsite").glob("*.rst"):
        path.write_text(tree.rst(path.read_text(encoding="utf-8")), encoding="utf-8")
