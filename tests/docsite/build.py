# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make docs`: the site, built from the artifact into .build/site. A warning or a dead link is an error.

antsibull-docs writes the reference from what is installed; the other pages are the collection's own markdown.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.ci.artifact import build
from tests.ci.home import HOME, environment
from tests.ci.venvs import BUILD, NAME, NAMESPACE, ROOT, venv
from tests.docsite.links import broken_links
from tests.docsite.pages import REFERENCE, Tree, write_pages

WORK = BUILD / "docsite"
SITE = BUILD / "site"
STYLE = Path(__file__).parent / "static" / "site.css"
COLLECTION = f"{NAMESPACE}.{NAME}"
# In place of those that sphinx-init chooses: one of them asks the network for the index of other sites.
EXTENSIONS = "sphinx_antsibull_ext,myst_parser,tests.docsite.ansible_docs"


def run(env: dict[str, str], *command: str) -> None:
    """Run a program, which says itself what is wrong; show its errors alone, and end with the first that fails."""
    done = subprocess.run(command, env=env, check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"Error while building the site: {command[0]} ended with exit code {done.returncode}; see above")


def installed(env: dict[str, str]) -> Path:
    """Build the artifact and install it; give the folder of the collection."""
    artifact = build(env, WORK / "artifact")
    run(env, "ansible-galaxy", "collection", "install", "--offline", str(artifact), "-p", str(WORK / "collections"))
    return WORK / "collections" / "ansible_collections" / NAMESPACE / NAME


def write_reference(env: dict[str, str], project: Path, forge: str) -> None:
    """Let antsibull-docs make the project for Sphinx and write its pages."""
    target = project / "rst" / REFERENCE
    common = ["--use-current", "--squash-hierarchy", "--fail-on-error", COLLECTION, "--dest-dir"]
    title = ["--project", COLLECTION, "--title", COLLECTION, "--copyright", f"the {COLLECTION} authors"]
    title += ["--extra-html-theme-options", f"documentation_home_url={forge}"]
    # antsibull-docs writes to no folder that others may write to.
    project.mkdir(mode=0o755)
    run(env, "antsibull-docs", "sphinx-init", *title, *common, str(project))
    shutil.rmtree(project / "rst")
    target.mkdir(parents=True, mode=0o755)
    config = ("--config-file", str(project / "antsibull-docs.cfg"))
    run(env, "antsibull-docs", *config, "collection", *common, str(target))


def write_site(env: dict[str, str], project: Path) -> None:
    """Let Sphinx write the site; a warning is an error."""
    style = [f"html_static_path={STYLE.parent}", f"html_css_files={STYLE.name}"]
    own = (f"extensions={EXTENSIONS}", "myst_heading_anchors=3", *style)
    strict = ("-q", "-W", "--keep-going", "-c", str(project), *(f"-D{each}" for each in own))
    folders = ("-d", str(WORK / "doctrees"), str(project / "rst"), str(SITE))
    run(env | {"PYTHONPATH": str(ROOT)}, "sphinx-build", *strict, *folders)


def main() -> None:
    """Build the site and look at its links."""
    HOME.mkdir(parents=True, exist_ok=True)
    for folder in (WORK, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    WORK.mkdir(parents=True)
    env = environment(venv("lint"), WORK / "collections")
    folder = installed(env)
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    tree = Tree(folder, manifest["collection_info"]["repository"])
    project = WORK / "project"
    write_reference(env, project, tree.forge)
    write_pages(tree, project / "rst")
    write_site(env, project)
    broken = broken_links(SITE, ROOT, tree.forge)
    if broken:
        sys.exit("\n".join(["Links that lead nowhere:", *broken]))
    print(f"The site: {SITE / 'index.html'}")


if __name__ == "__main__":
    main()
