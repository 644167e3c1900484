# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that look at a server.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations


class ModuleDocFragment:
    """Texts for the section C(options) of the modules' documentation."""

    DOCUMENTATION = r"""
options:
  drives:
    description:
      - The visible drives of the server, as drive letters and the folders where they are found.
      - Windows paths are looked up below these folders, name by name and blind to case. Nothing outside of them is
        read.
      - "Required for visible drives, for example C({C: /mnt/ex01-c, D: /mnt/ex01-d}). Refused over SMB, where the
        server's own drives are looked at."
    type: dict
  drives_complete:
    description:
      - Whether O(drives) are all the drives that the server has.
      - Where the registry was not read, only then can a missing EMSMTA.EXE mean that there is no MTA. All drives are
        then searched for it. Refused over SMB.
    type: bool
    default: false
  system_root:
    description:
      - Windows path of the system folder, for example V(C:\\WINNT), when it is known.
      - Without it, over SMB the server tells it (C(ADMIN$)). On visible drives C(\WINNT), C(\WINNT.SBS),
        C(\WINNT35) and C(\WINDOWS) of all drives are looked at.
    type: str
  exchange_bin:
    description:
      - Windows path of the folder that holds EMSMTA.EXE, for example V(D:\\Exchsrvr\\Bin), when it is known.
      - The program of the service decides where the registry tells it. Without both, C(\Exchsrvr\Bin) of all drives
        is looked at.
    type: str
  gather:
    description:
      - Where to look for evidence. V(files) cannot be left out.
      - V(registry) is the remote registry over SMB. On visible drives it is the files C(system) and C(software) in
        C(system32\config) of the system folder.
      - V(events), since 1.1.0, is the application log. Over SMB it is read by the pipe C(\eventlog). On visible drives
        it is the file where the registry says, else C(system32\config\AppEvent.Evt) of the system folder.
      - The log is read last, and only where the MTA is not surely absent. What keeps it from being read costs the
        events alone.
    type: list
    elements: str
    choices: [files, registry, events]
    default: [files, registry]
  remote_mtas:
    description:
      - IPv4 addresses of the MTAs with which this one talks, when they are known.
      - They are compared with the client's tables of local addresses, Msplat.txt and Locallat.txt. The client does not
        redirect connections to an address in them (KB Q253253).
    type: list
    elements: str
    default: []
  master_path:
    description:
      - Windows path of the master copy of Mspclnt.ini on a proxy server, by default V(C:\\Msp\\Clients\\Mspclnt.ini)
        there (CAT8). Clients may replace their own file by it (KB Q193928, Q323457).
      - With it, this one file is judged, as what clients read that have fetched it, and nothing else is looked for.
      - A copy that says it should not be edited (ISA Server 2000) gets an empty C(plan). Where it lacks the stanza,
        C(advice) names the step in ISA Management.
    type: str
"""
