# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines and the table of the terminal."""

from __future__ import annotations

from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES
from ansible_collections.ebill.ops.plugins.plugin_utils.verdicts import (
    pad,
    summary,
    verdict_lines,
    width,
)

CHECKS: dict[str, dict[str, Any]] = {
    "host.disk_used": {"title": {"zh": "磁盘使用率", "en": "disk use"}},
    "host.load": {"title": {"zh": "负载", "en": "load"}},
    "gdca.chain_complete": {
        "title": {"zh": "证书链完整", "en": "chains"},
        "words": {"tls_server": {"zh": "TLS 服务端", "en": "TLS server"}},
        "worded": ["part"],
    },
}


def _result(check: str, status: str, message: str, **more: Any) -> Any:
    return {
        "check": check,
        "status": status,
        "clauses": ["ENV-08"],
        "target": "app01",
        "area": "host",
        "message": {"zh": message, "en": message},
        "limit": {"direction": "above", "fail": 90},
        "observed": 10.0,
        "waiver": None,
        "part": None,
        **more,
    }


def test_right_parts_share_a_line_that_quotes_the_nearest_to_its_limit() -> None:
    results = [
        _result("host.disk_used", "pass", "/ 已用 10 %"),
        _result("host.disk_used", "pass", "/data 已用 79 %", observed=79.0),
        _result("host.disk_used", "fail", "/var 已用 95 %", observed=95.0),
    ]
    lines = [line for line, _colour in verdict_lines(results, CHECKS, "zh")]
    assert lines == [
        "  异常      ENV-08    app01       磁盘使用率：/var 已用 95 %",
        "  正常      ENV-08    app01       磁盘使用率：/data 已用 79 %；等 2 项均正常",
    ]


def test_what_could_not_be_had_for_one_reason_shares_a_line() -> None:
    results = [
        _result("host.disk_used", "error", "无法连接目标"),
        _result("host.load", "error", "无法连接目标", clauses=["ENV-03"]),
    ]
    ((line, colour),) = verdict_lines(results, CHECKS, "zh")
    assert line == "  无法检查  ENV-08/ENV-03  app01       磁盘使用率等 2 项检查：无法连接目标"
    assert colour == "magenta"


def test_a_part_that_could_not_be_seen_is_named() -> None:
    result = _result("host.disk_used", "error", "超时：5 s", part="/mnt/archive")
    ((line, _colour),) = verdict_lines([result], CHECKS, "zh")
    assert line.endswith("磁盘使用率：/mnt/archive 超时：5 s")


def test_a_part_that_is_a_code_is_worded() -> None:
    result = _result("gdca.chain_complete", "error", "无法连接目标", part="tls_server")
    ((line, _colour),) = verdict_lines([result], CHECKS, "zh")
    assert line.endswith("证书链完整：TLS 服务端 无法连接目标")


def test_a_waived_finding_says_so_until_it_expires() -> None:
    waiver = {"reason": "r", "owner": "o", "expires": "2026-12-31", "expired": False}
    for expired, tail in ((False, "（已豁免）"), (True, "满")):
        result = _result("host.load", "warn", "满", waiver={**waiver, "expired": expired})
        ((line, _colour),) = verdict_lines([result], CHECKS, "zh")
        assert line.endswith(tail)


def test_the_table_adds_up() -> None:
    results = [_result("host.load", status, "") for status in STATUSES for _ in range(2)]
    results.append(_result("host.load", "pass", "", area="log"))
    lines = summary(results, [("host", "服务器"), ("log", "日志"), ("web", "网页")], 12, 0, "zh")
    cells = [line.split() for line in lines if line.startswith(("服务器", "日志", "合计"))]
    totals = [[0 if cell == "·" else int(cell) for cell in row[1:]] for row in cells]
    assert totals[2] == [a + b for a, b in zip(totals[0], totals[1], strict=True)]
    assert all(sum(row[:6]) == row[6] for row in totals)
    assert "应检 12 项检查，得到 13 条结果" in lines[-1]


def test_wide_characters_take_two_columns() -> None:
    assert width("磁盘a") == 5
    assert pad("磁盘", 6) == "磁盘  "
