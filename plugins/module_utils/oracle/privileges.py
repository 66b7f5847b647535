# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which grants the inspection account needs for which checks; from the parts, no query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.ebill.ops.plugins.module_utils.oracle import performance
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

ALWAYS = ("instance", "database")
"""Parts that every inspection asks, whatever is owed: container and role depend on them."""

Needed = dict[str, list[str]]
"""Objects that SELECT or READ is needed on, as SYS.V_$INSTANCE, with the checks they serve."""


def every_part(*, licensed: bool) -> list[Part]:
    """Return all parts of the inspection and of the performance diagnosis, in all variants."""
    found = [
        part
        for subject in SUBJECTS.values()
        for part in subject.PARTS
        if licensed or not part.licensed
    ]
    return found + performance.parts(Wanted(licensed_diagnostics=licensed))


def makes() -> dict[str, tuple[str, ...]]:
    """Return each observation, and the names of the parts that it is made of."""
    found = {name: parts for item in SUBJECTS.values() for name, parts in item.MAKES.items()}
    return found | performance.MAKES


def needed(
    owed: Mapping[str, Sequence[str]],
    release: tuple[int, int],
    *,
    in_root: bool = False,
    licensed: bool = False,
) -> Needed:
    """Return the grants for a server of this release, in the order of the subjects.

    ``owed``: ids of the checks by the observation that they read; without it all observations
    are wanted and named. ``in_root``: the account inspects all containers from CDB$ROOT.
    ``licensed``: the site has the Diagnostics Pack.
    """
    wanted = owed or {name: (name,) for name in makes()}
    serves: dict[str, list[str]] = {name: [] for name in ALWAYS}
    for observation, names in makes().items():
        for name in names:
            if observation in wanted:
                serves.setdefault(name, []).extend(wanted[observation])
    found: Needed = {}
    for part in every_part(licensed=licensed):
        asked = part.in_root() if in_root else part
        if part.name in serves and part.fits(release) and asked.grant_object:
            checks = found.setdefault(asked.grant_object, [])
            checks += [check for check in serves[part.name] if check not in checks]
    return found


def grantable() -> frozenset[str]:
    """Return every object that we ever grant, for any release, container and licence."""
    parts = every_part(licensed=True)
    return frozenset(
        name for part in parts for name in (part.grant_object, part.in_root().grant_object) if name
    )
