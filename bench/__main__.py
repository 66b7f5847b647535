# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every line of our speed list: ``python -m bench [host_area oracle_area report ...]``.

Each is measured against something bare in the same run; the median of several rounds counts.
"""

from __future__ import annotations

import importlib
import sys

LINES = ("host_area", "log_scan", "oracle_area", "targets", "report")


def main(names: list[str]) -> int:
    """Run the named lines, or all."""
    unknown = [name for name in names if name not in LINES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(LINES)}", file=sys.stderr)
        return 2
    for name in names or LINES:
        module = importlib.import_module(f"bench.{name}")
        print((module.__doc__ or "").splitlines()[0], flush=True)
        print("\n".join(module.main()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
