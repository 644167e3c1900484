# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edit that most tests make: where, of which bytes, and what is asked for."""

from __future__ import annotations

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    EditRequest,
    edit_request_from,
)

from tests.cases.samples import sample

PATH = "C:\\mspclnt\\Mspclnt.ini"
OLD = sample("Q231878.mspclnt.ini")
NEW = OLD + b"[EMSMTA]\r\nDisable=1\r\n"


def request(backup: bool = False, path: str = PATH, **options: object) -> EditRequest:
    """Give a request with the module's defaults."""
    defaults = {"section": "EMSMTA", "settings": None, "state": "present", "create": False, "backup_file": None}
    return edit_request_from({**defaults, "path": path, "backup": backup, **options})
