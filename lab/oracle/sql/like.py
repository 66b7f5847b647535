# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LIKE as Oracle has it: case matters, and an escape character must escape something."""

from __future__ import annotations

import functools
import re

from lab.oracle.seam import OraError


def matches(subject: str, pattern: str, mark: str = "") -> int:
    return int(_compiled(pattern, mark).fullmatch(subject) is not None)


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str, mark: str) -> re.Pattern[str]:
    if len(mark) > 1:
        raise OraError(1425, "escape character must be character string of length 1")
    out = []
    letters = iter(pattern)
    for letter in letters:
        if mark and letter == mark:
            escaped = next(letters, "")
            if escaped not in ("%", "_", mark) or not escaped:
                raise OraError(1424, "missing or illegal character following the escape character")
            out.append(re.escape(escaped))
        else:
            out.append({"%": ".*", "_": "."}.get(letter) or re.escape(letter))
    return re.compile("".join(out), re.DOTALL)
