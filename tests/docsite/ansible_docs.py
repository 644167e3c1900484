# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An extension of Sphinx: links to what Ansible's own documentation has, without asking the network for its index.

antsibull-docs names these places on the pages of modules; any other unknown one stays a warning.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
SETTINGS = f"{ANSIBLE}/reference_appendices/config.html"
PLACES = {
    "action_plugins": f"{ANSIBLE}/plugins/action.html#action-plugins",
    "ansible_configuration_settings": f"{SETTINGS}#ansible-configuration-settings",
    "common_return_values": f"{ANSIBLE}/reference_appendices/common_return_values.html#common-return-values",
    "ANSIBLE_TIMEOUT": f"{SETTINGS}#envvar-ANSIBLE_TIMEOUT",
}


def link(
    _app: Sphinx, _env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.reference | None:
    """Give the link for a name that this site does not have; None for one that is not known."""
    place = PLACES.get(str(node["reftarget"]))
    return None if place is None else nodes.reference("", "", content, internal=False, refuri=place)


def setup(app: Sphinx) -> dict[str, bool]:
    """Let Sphinx ask for what it misses."""
    app.connect("missing-reference", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
