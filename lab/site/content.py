# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's e-bill web system shows: harmless, invented, and with planted patient data.

The patients, numbers and phones below are canaries: the collectors read the pages they stand on,
and none of them may turn up in a result, a report, a log or the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass

CANARIES = (
    "测试患者甲",
    "测试患者乙",
    "440802199001011239",
    "440803198507154421",
    "13900001234",
    "13700005678",
    "4406012600012345",
    "0000012345",
    "0000012346",
)
"""Strings on the pages that no output of ours may hold."""


@dataclass(frozen=True)
class Table:
    """A heading, the columns' names and the rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Screen:
    """One page behind the log-in. `function` is the code of one of the seven functions."""

    path: str
    function: str
    title: str
    tables: tuple[Table, ...]
    encoding: str = "utf-8"


BASIC = Screen(
    "/basic",
    "basic_information",
    "基础信息管理",
    (
        Table(
            "开票点",
            ("编码", "名称", "状态"),
            (
                ("001", "门诊收费处", "启用"),
                ("002", "住院结算处", "启用"),
                ("003", "自助机", "启用"),
                ("004", "体检中心", "停用"),
            ),
        ),
        Table(
            "收费项目",
            ("编码", "财政项目", "状态"),
            (("C01", "诊察费", "启用"), ("C02", "检查费", "启用"), ("C07", "西药费", "启用")),
        ),
        Table(
            "票据种类",
            ("票据代码", "名称", "年度"),
            (
                ("44060126", "医疗门诊收费票据（电子）", "2026"),
                ("44060226", "医疗住院收费票据（电子）", "2026"),
            ),
        ),
    ),
)
STOCK = Screen(
    "/stock",
    "stock",
    "医疗票据管理",
    (
        Table(
            "票据库存",
            ("票据种类", "本期领用", "已用", "结存", "可用天数"),
            (
                ("医疗门诊收费票据", "200000", "118230", "81770", "63"),
                ("医疗住院收费票据", "30000", "17044", "12956", "70"),
            ),
        ),
        Table(
            "领用记录",
            ("批次", "数量", "状态"),
            (("2026-10", "50000", "已入库"), ("2026-11", "50000", "已入库")),
        ),
    ),
    # An older screen of such systems: no charset in the header, gb2312 in the page.
    encoding="gb18030",
)
ISSUING = Screen(
    "/issuing",
    "issuing",
    "医疗票据开具",
    (
        Table(
            "开票记录",
            ("票据号码", "交款人", "证件号码", "状态"),
            (
                ("0000012345", "测试患者甲", "440802199001011239", "已开具"),
                ("0000012346", "测试患者乙", "440803198507154421", "已开具"),
            ),
        ),
        Table("开票队列", ("业务", "待开", "失败"), (("门诊", "3", "0"), ("住院", "0", "0"))),
    ),
)
ARCHIVE = Screen(
    "/archive",
    "archive",
    "医疗票据存档",
    (
        Table(
            "归档批次",
            ("月份", "票据数", "版式文件", "状态"),
            (("2026-09", "38112", "38112", "已归档"), ("2026-10", "39207", "39207", "已归档")),
        ),
    ),
)
DELIVERY = Screen(
    "/delivery",
    "delivery",
    "医疗票据交付",
    (
        Table(
            "交付渠道",
            ("渠道", "今日送达", "待送", "状态"),
            (
                ("短信", "812", "2", "正常"),
                ("公众号", "655", "0", "正常"),
                ("自助机", "120", "0", "正常"),
            ),
        ),
        Table(
            "最近交付",
            ("交款人", "手机号", "票据编码"),
            (
                ("测试患者甲", "13900001234", "4406012600012345"),
                ("测试患者乙", "13700005678", "4406012600012345"),
            ),
        ),
    ),
)
REPORT = Screen(
    "/report",
    "report",
    "综合报表查询",
    (
        Table(
            "开票汇总表",
            ("业务", "张数", "金额"),
            (
                ("门诊", "33120", "4,310,288.50"),
                ("住院", "6087", "21,904,120.00"),
                ("合计", "39207", "26,214,408.50"),
            ),
        ),
    ),
)
ADMINISTRATION = Screen(
    "/administration",
    "administration",
    "系统管理",
    (
        Table(
            "角色",
            ("角色", "用户数"),
            (("系统管理员", "2"), ("票据管理员", "3"), ("开票员", "41"), ("巡检", "1")),
        ),
        Table("定时任务", ("任务", "上次结果"), (("日结", "成功"), ("上传财政", "成功"))),
    ),
)

SCREENS = (BASIC, STOCK, ISSUING, ARCHIVE, DELIVERY, REPORT, ADMINISTRATION)
