# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ordinary user gets, whoever runs the tests."""

from __future__ import annotations

import os
from collections.abc import Callable


def error_without_rights(action: Callable[[], object]) -> str:
    """Run in a child process that root's rights were taken from; give the error's text."""
    end, start = os.pipe()
    child = os.fork()
    if not child:
        text = "no error"
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresgid(65534, 65534, 65534)
                os.setresuid(65534, 65534, 65534)
            action()
        except BaseException as error:
            text = f"{type(error).__name__}: {error}"
        os.write(start, text.encode())
        os._exit(0)
    os.close(start)
    os.waitpid(child, 0)
    with os.fdopen(end) as pipe:
        return pipe.read()
