# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The procedure of `emsmta_info`: look at a server, judge it, and tell.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._detect.gather import (
    OpenRegistry,
    gather,
    gather_master,
)
from ._options.emsmta_info import LookRequest
from ._server.protocols import Files
from ._verdict.judge import judge, judge_master
from ._verdict.result import result_of

if TYPE_CHECKING:
    from ._detect.events import OpenLog


def inform(
    files: Files,
    request: LookRequest,
    check: bool,
    open_registry: OpenRegistry | None = None,
    open_log: OpenLog | None = None,
) -> dict[str, Any]:
    """Detect and judge, and give the result as Ansible returns it.

    Args:
        files: the server's files.
        request: what to look at.
        check: told in the result, since a play cannot see whether a task ran in check mode.
        open_registry: gives the server's registry, where the request is for it too.
        open_log: gives the server's application log, where the request is for events too.

    Raises:
        ConnectionLost: the server could not be looked at to the end.
    """
    if request.master_path:
        evidence = gather_master(files, request.master_path)
        verdict = judge_master(evidence)
    else:
        registry = open_registry if request.with_registry else None
        evidence = gather(files, request.hints, registry, open_log if request.with_events else None)
        verdict = judge(evidence)
    return {"changed": False, "check_mode": check, **result_of(evidence, verdict)}


__all__ = ("inform",)
