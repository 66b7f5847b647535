# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model as one reader sees it: in one language, with the looks of each status beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report.charts import (
    bar_chart,
    count_chart,
    line_chart,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.database_chart import panels_chart
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import (
    LANGUAGES,
    LOOKS,
    WORDS,
    status_text,
)

_BILINGUAL = {"zh", "en"}


def localise(model: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a copy of the model in one language.

    Each ``{"zh", "en"}`` becomes a string. A dict with a ``status`` gets ``status_text``,
    ``status_symbol``, ``status_color`` and ``status_tint`` (RRGGBB) beside it. Added at the top:
    ``words`` (fixed words by key), ``looks`` (by status), ``language``, and an ``svg`` for each
    chart. Raises ReportError for a language that the documents do not have.
    """
    if language not in LANGUAGES:
        raise ReportError(
            f"no documents in the language {language!r}; known: {', '.join(LANGUAGES)}"
        )
    looks = {
        status: {
            "symbol": symbol,
            "color": color,
            "tint": tint,
            "text": status_text(status)[language],
        }
        for status, (symbol, color, tint) in LOOKS.items()
    }
    view: dict[str, Any] = _translate(model, language, looks)
    index = LANGUAGES.index(language)
    view["words"] = {key: pair[index] for key, pair in WORDS.items()}
    view["looks"] = looks
    view["language"] = language
    view["conclusion"]["svg"] = count_chart(view["conclusion"]["shares"])
    for group in view["capacity"]:
        group["svg"] = bar_chart(group["bars"], group["current_title"])
        trend = group["trend"]
        group["trend_svg"] = line_chart(trend, group["trend_title"]) if trend else None
    for database in view["databases"]:
        chart = panels_chart(database["panels"], view["words"]["forecast_chart"])
        database["svg"] = chart if database["panels"] else None
    return view


def _translate(value: Any, language: str, looks: Mapping[str, Mapping[str, str]]) -> Any:
    if isinstance(value, Mapping):
        if value.keys() == _BILINGUAL:
            return value[language]
        copied = {key: _translate(item, language, looks) for key, item in value.items()}
        look = looks.get(value["status"]) if isinstance(value.get("status"), str) else None
        if look:
            copied.update({f"status_{key}": shown for key, shown in look.items()})
        return copied
    if isinstance(value, (list, tuple)):
        return [_translate(item, language, looks) for item in value]
    return value
