# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What more memory would bring, by Oracle's own advice views, which need no pack (DEV-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    absent,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part, number, text
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_MIB = 2**20
# What is asked of the hospital's host must stay in reach: advice goes to twice the memory.
_LARGEST_FACTOR = 2
_PGA = (
    "aggregate PGA target parameter",
    "maximum PGA allocated",
    "over allocation count",
    "cache hit percentage",
)

PARTS = (
    Part(
        "pga_state",
        "V$PGASTAT",
        (text("name"), number("value")),
        "WHERE name IN (" + ", ".join(f"'{name}'" for name in _PGA) + ")",
        max_rows=len(_PGA),
    ),
    Part(
        "pga_advice",
        "V$PGA_TARGET_ADVICE",
        (
            number("bytes", "pga_target_for_estimate"),
            number("factor", "pga_target_factor"),
            number("over", "estd_overalloc_count"),
        ),
        "WHERE advice_status = 'ON'",
        max_rows=100,
    ),
    Part(
        "sga_advice",
        "V$SGA_TARGET_ADVICE",
        (
            number("mib", "sga_size"),
            number("factor", "sga_size_factor"),
            number("load", "estd_db_time"),
        ),
        max_rows=100,
    ),
    # Without automatic memory V$SGA_TARGET_ADVICE is empty, and the cache has an advice of its own.
    Part(
        "cache_advice",
        "V$DB_CACHE_ADVICE",
        (
            number("mib", "size_for_estimate"),
            number("factor", "size_factor"),
            number("load", "estd_physical_reads"),
            number("block", "block_size"),
        ),
        "WHERE advice_status = 'ON' AND name = 'DEFAULT'",
        max_rows=100,
    ),
)

MAKES: dict[str, tuple[str, ...]] = {
    "pga": ("pga_state", "pga_advice"),
    "sga": ("sga_advice", "cache_advice"),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES, a row each."""
    return {"pga": _pga(answers), "sga": _sga(answers)}


def _pga(answers: Answers) -> Observation:
    """``over_allocations``: how often the target could not be kept; ``wanted_mib``: the smallest
    target of the advice with which it would have been, 0 where there is none."""
    problem = first_problem(answers, *MAKES["pga"])
    if problem:
        return error(problem)
    state = {row.get("name"): row.get("value") or 0 for row in rows_of(answers, "pga_state")}
    target = state.get("aggregate PGA target parameter", 0)
    if not target:
        return absent("not_configured", "PGA_AGGREGATE_TARGET")
    enough = [
        row.get("bytes") or 0
        for row in rows_of(answers, "pga_advice")
        if row.get("over") == 0 and (row.get("bytes") or 0) >= target
    ]
    return rows(
        [
            {
                "over_allocations": state.get("over allocation count", 0),
                "target_mib": round(target / _MIB),
                "most_mib": round(state.get("maximum PGA allocated", 0) / _MIB),
                "wanted_mib": round(min(enough, default=0) / _MIB),
                "hit_percent": round(state.get("cache hit percentage", 0), 1),
            }
        ]
    )


def _sga(answers: Answers) -> Observation:
    """By how much of itself DB time, or the reads from disk, would shrink with more memory."""
    problem = first_problem(answers, *MAKES["sga"])
    if problem:
        return error(problem)
    for memory, part in (("sga", "sga_advice"), ("buffer_cache", "cache_advice")):
        steps = _main_cache(
            [row for row in rows_of(answers, part) if row.get("factor") is not None]
        )
        if any(row["factor"] == 1 and row.get("load") for row in steps):
            return rows([_gain(memory, steps)])
    return absent("not_configured", "V$SGA_TARGET_ADVICE, V$DB_CACHE_ADVICE")


def _main_cache(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A cache for another block size is called DEFAULT too; the largest is the database's."""
    sizes = {row.get("block"): row.get("mib") or 0 for row in steps if row.get("factor") == 1}
    main = max(sizes, key=lambda block: sizes[block], default=None)
    return [row for row in steps if row.get("block") == main and row.get("factor") is not None]


def _gain(memory: str, steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    now = next(row for row in steps if row["factor"] == 1)
    larger = [row for row in steps if 1 <= row["factor"] <= _LARGEST_FACTOR]
    best = min(larger, key=lambda row: (row.get("load") or 0, row["factor"]))
    if best["factor"] == 1:
        # Nothing would be gained; the size to say that of is the largest one that was looked at.
        best = max(larger, key=lambda row: row["factor"])
    return {
        "memory": memory,
        "now_mib": now.get("mib"),
        "best_mib": best.get("mib"),
        "gain_percent": round(100 * (1 - (best.get("load") or 0) / now["load"]), 1),
    }
