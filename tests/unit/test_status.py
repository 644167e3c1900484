# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of servers in words: none that the code asks for is left without, and each has its own name."""

from __future__ import annotations

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import (
    MISSING,
    REFUSED_LOGONS,
    SENTENCES,
    StatusError,
)
from impacket.nt_errors import ERROR_MESSAGES


@pytest.mark.parametrize("status", sorted(REFUSED_LOGONS | MISSING), ids=hex)
def test_a_status_that_is_asked_for_has_words(status: int) -> None:
    assert status in SENTENCES
    assert str(StatusError(status)) == f"{SENTENCES[status].text} (STATUS_{SENTENCES[status].name} 0x{status:08x})"


@pytest.mark.parametrize("status", SENTENCES, ids=hex)
def test_a_status_has_the_name_that_the_specification_gives_it(status: int) -> None:
    assert f"STATUS_{SENTENCES[status].name}" == ERROR_MESSAGES[status][0]


def test_a_status_without_words_shows_its_number() -> None:
    assert str(StatusError(0xC0FFEE00, "C$")) == "share C$: the server refused the request (0xc0ffee00)"
