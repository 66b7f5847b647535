# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words in brackets that explain a rare value: the catalogue's sentences always have them, a
document only where the value is that rare one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import LANGUAGES, Text


def without_asides(text: Text, result: Mapping[str, Any]) -> Text:
    """Return a result's sentence without the brackets that do not concern its own value."""
    observed, wanted = result.get("observed"), (result.get("data") or {}).get("wanted_mib")
    idle = []
    if _is_number(observed) and observed >= 0:
        idle.append({"zh": "（负数为已过期）", "en": " (negative: expired)"})
    if _is_number(wanted) and wanted != 0:
        idle.append({"zh": "（0 表示建议范围内没有）", "en": " (0: nothing in its range)"})
    shown = dict(text)
    for aside in idle:
        for language in LANGUAGES:
            shown[language] = shown[language].replace(aside[language], "")
    return shown


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
