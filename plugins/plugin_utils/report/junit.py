# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JUnit XML: one suite an area, one case a result, for build servers and dashboards.

fail is a failure, error and not_run are errors (neither counts as passed), skipped is skipped; a
warn passes with its message in system-out, since JUnit has no warning. A waived fail stays a
failure: the waiver stands in its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from ansible_collections.ebill.ops.plugins.plugin_utils.report import templates as files
from ansible_collections.ebill.ops.plugins.plugin_utils.report.view import localise

_ELEMENTS = {"fail": "failure", "error": "error", "not_run": "error", "skipped": "skipped"}


def render(model: Mapping[str, Any], language: str, templates: files.Templates) -> bytes:
    """Return the results as UTF-8 XML in one language."""
    del templates
    view = localise(model, language)
    counts = view["conclusion"]["counts"]
    root = ET.Element(
        "testsuites",
        {
            "name": f"{view['cover']['title']} {view['cover']['quarter']}",
            **_numbers(counts, view["conclusion"]["total"]),
            "time": _seconds(view["results"]),
        },
    )
    for area in view["areas"]:
        rows = [row for row in view["results"] if row["area"] == area["area"]]
        suite = ET.SubElement(
            root,
            "testsuite",
            {
                "name": area["area"],
                **_numbers(area["counts"], area["results"]),
                "time": _seconds(rows),
            },
        )
        for row in rows:
            _case(suite, row)
    ET.indent(root, " ")
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _numbers(counts: Mapping[str, int], total: int) -> dict[str, str]:
    return {
        "tests": str(total),
        "failures": str(counts["fail"]),
        "errors": str(counts["error"] + counts["not_run"]),
        "skipped": str(counts["skipped"]),
    }


def _seconds(rows: Sequence[Mapping[str, Any]]) -> str:
    return f"{sum(row['duration_seconds'] for row in rows):.3f}"


def _case(suite: ET.Element, row: Mapping[str, Any]) -> None:
    place = f"{row['target']}{' ' + row['part'] if row['part'] else ''}"
    case = ET.SubElement(
        suite,
        "testcase",
        {
            "classname": row["check"],
            "name": f"{place}: {row['title']}",
            "time": f"{row['duration_seconds']:.3f}",
        },
    )
    message = row["message"]
    if row["waiver"]:
        message = f"{message} [{row['waiver']['text']}]"
    name = _ELEMENTS.get(row["status"])
    if name:
        found = ET.SubElement(case, name, {"message": message, "type": row["status"]})
        if name != "skipped":
            found.text = row["advice"] or ""
    else:
        out = ET.SubElement(case, "system-out")
        out.text = f"[{row['status']}] {message}"
