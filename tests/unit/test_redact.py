# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No planted secret or patient survives; numbers that operations needs do."""

from __future__ import annotations

import json

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.redact import redact, redact_data
from ansible_collections.ebill.ops.plugins.module_utils.redact_rules import RULES, Rule, folded
from hypothesis import given
from hypothesis import strategies as st

MASKED = [
    ("身份证 440803199001011234 已登记", "身份证 ****1234 已登记"),
    ("旅客 440803199001011234 已登记", "旅客 440*************34 已登记"),
    ("旅客 44080319900101123X", "旅客 440*************3X"),
    ("no 440803900101123.", "no 440**********23."),
    ("tel 13812345678", "tel 138****5678"),
    ("tel +8613812345678", "tel 138****5678"),
    ("电话：138 1234 5678", "138****5678"),
    ("tel 138-1234-5678", "tel 138****5678"),
    ("to zhang.san@qq.com ok", "to ***@qq.com ok"),
    ("http://pj.gd.gov.cn/h5/view?c=1", "[url]"),
    ("https://pj.gd.gov.cn/billQrCode/ab", "[url]"),
    ("https://h.cn/a?token=abc", "https://h.cn/a?***"),
    ("https://u:pw@h.cn/a", "https://***@h.cn/a"),
    ("https://h.cn/v/9f8e7d6c5b4a39281706 x", "https://h.cn/v/*** x"),
    ("GET /bill?name=%E5%BC%A0 HTTP/1.1", "GET /bill?*** HTTP/1.1"),
    ("票据 440601260012345678", "票据 44060126******5678"),
    ("44060126 0012345678", "44060126******5678"),
    ('"billNo":"0012345678"', '"billNo":"****5678"'),
    ("票据号码：0012345678", "票据号码：****5678"),
    ("校验码：a1b2c3", "校验码：***"),
    ("校验码 a1b2c3", "校验码 ***"),
    ("<RandomNumber>abc123</RandomNumber>", "<RandomNumber>***</RandomNumber>"),
    ("refund to 6222021234567890128", "refund to ************0128"),
    ("卡号 6222021234567890123", "卡号 ****0123"),
    ("住院号: 00123456", "住院号: ****3456"),
    ("姓名：张三丰 性别：男", "姓名：张* 性别：男"),
    ("患者王小明", "患者王*"),
    ("患者【李四】缴费", "患者【李*】缴费"),
    ("name=张三, age=3", "name=张*, age=3"),
    ("patientName=Zhang San, age", "patientName=Z*, age"),
    ("<PayerParty>张三</PayerParty>", "<PayerParty>张*</PayerParty>"),
    ("spring.datasource.password=Abc!23 next", "spring.datasource.password=*** next"),
    ('{"password": "a b,c", "x": 1}', '{"password": "***", "x": 1}'),
    (r"{\"pwd\":\"zzz\"}", r"{\"pwd\":\"***\"}"),
    ("mysql --password geheim -h x", "mysql --password *** -h x"),
    ("口令：geheim", "口令：***"),
    ("Authorization: Bearer abcdefgh.x", "Authorization: ***"),
    ("Cookie: JSESSIONID=abc; b=c", "Cookie: ***"),
    ("sqlplus ebill/geheim@db01", "sqlplus ebill/***@db01"),
    ("jdbc:oracle:thin:ebill/pw@//h:1521/x", "jdbc:oracle:thin:***@//h:1521/x"),
    ('alter user x identified by "pw" a', "alter user x identified by *** a"),
    (
        "k -----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY----- t",
        "k [PRIVATE KEY] t",
    ),
    ("cut -----BEGIN RSA PRIVATE KEY-----\nMIIabc", "cut [RSA PRIVATE KEY]"),
]

KEPT = [
    "size_bytes=13812345678",
    "13812345678 bytes",
    '"total_bytes": 13812345678, "x"',
    "2026-11-22 19:50:49.123 1795378249 1795378249000 1795378249000000",
    "20261122195049 20261122195049123456",
    "ORA-00600: internal error code, arguments: [13013], [5001], [268]",
    "ORA-01653: unable to extend table EBILL.T_INVOICE by 8192 in tablespace EBILL_DATA",
    "192.168.1.10:1521 pid 1234567 exit 137",
    "9223372036854771712 18446744073709551615",
    "0.13812345678 load 0.08",
    "root@db01 sent to root@10.0.0.1",
    "name=ebill_users tablespace name: SYSTEM",
    "校验码错误",
    "9f13812345678aab9f13812345678aabcc13812345678dd8",
    "123e4567-e89b-12d3-a456-13812345678f",
    "https://ebill.hospital.cn/login http://h/health?wsdl",
    "java.lang.OutOfMemoryError: Java heap space",
    "/data 已用 63.2 %（限值 80 %）",
    '{"pass": 12, "warn": 3}',
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_masks(text: str, expected: str) -> None:
    assert redact(text).endswith(expected)
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("text", KEPT)
def test_keeps(text: str) -> None:
    assert redact(text) == text


def identity_number(region: int, year: int, day: int, serial: int) -> str:
    body = f"{region:06d}{year}{day // 28 % 12 + 1:02d}{day % 28 + 1:02d}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


HAN = st.text(alphabet="张王李赵陈黄周吴的了是查询失败成功缴费电子票据", max_size=8)
FILLER = st.one_of(HAN, st.text(alphabet="abc xyz:=,;.-[]{}\"'\n\\<>/", max_size=12), st.just(" "))
PLANTED = st.one_of(
    st.builds(
        identity_number,
        st.integers(110000, 659999),
        st.integers(1900, 2029),
        st.integers(0, 335),
        st.integers(0, 999),
    ),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"44060[12]2[0-9][0-9]{10}", fullmatch=True),
    st.from_regex(r"[a-z]{3,8}\.[a-z]{2,6}@[a-z]{2,8}\.com", fullmatch=True),
)
WORD = st.from_regex(r"[A-Za-z0-9!#$%^*_+-]{6,24}", fullmatch=True)


@given(FILLER, PLANTED, FILLER)
def test_no_planted_value_survives(before: str, value: str, after: str) -> None:
    text = redact(before + " " + value + " " + after)
    assert value not in text
    assert redact(text) == text


@given(
    st.sampled_from(["password", "db.password", "pwd", "accessToken", "client_secret", "密码"]),
    st.sampled_from(["{k}={v}", "{k}: {v}", '"{k}":"{v}"', '{k} = "{v}";', "<{k}>{v}</{k}>"]),
    WORD,
    FILLER,
)
def test_no_secret_survives(key: str, form: str, value: str, after: str) -> None:
    text = redact("x " + form.format(k=key, v=value) + " " + after.replace(value, ""))
    assert value not in text
    assert redact(text) == text


@given(st.text(max_size=200))
def test_any_text_is_stable(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.pattern.pattern[:40])
@given(st.data())
def test_a_hint_sees_whatever_its_pattern_matches(rule: Rule, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(rule.pattern))
    if rule.pattern.search(text):
        assert rule.hint(folded(text))


@given(st.lists(st.one_of(st.sampled_from([text for text, _ in MASKED]), PLANTED, FILLER)))
def test_hints_change_nothing(pieces: list[str]) -> None:
    text = slow = " ".join(pieces)
    for rule in RULES:
        slow = rule.pattern.sub(rule.replacement, slow)
    assert redact(text) == slow


@pytest.mark.parametrize(
    "text",
    ["PA\u017f\u017fWORD=geheim", "to\u212aen=geheim", "\u0130DENT\u0131F\u0130ED by geheim"],
)
def test_a_letter_that_passes_for_another_hides_nothing(text: str) -> None:
    assert "geheim" not in redact(text)


@given(st.integers(0, 2**63), st.sampled_from(["used_bytes={}", "{} bytes", "size: {}", "{} KiB"]))
def test_sizes_survive(size: int, form: str) -> None:
    if len(str(size)) < 20:
        assert redact(form.format(size)) == form.format(size)


@given(st.datetimes())
def test_times_survive(moment) -> None:  # type: ignore[no-untyped-def]
    for form in ("%Y-%m-%d %H:%M:%S.%f", "%Y%m%d%H%M%S", "%a %b %d %H:%M:%S %Y"):
        assert redact(moment.strftime(form)) == moment.strftime(form)


def test_data_is_walked_by_key_and_content() -> None:
    data = {
        "password": 123456,
        "inspect_oracle_password": "geheim",
        "patient_name": "张三",
        "billNo": "0012345678",
        "checkCode": "a1",
        "used_bytes": 13812345678,
        "password_set": True,
        "samples": ["tel 13812345678", {"姓名": "李四"}, ("x@y.com", None)],
        "raw": "密码=geheim".encode(),
        "13812345678": 1,
    }
    expected = {
        "password": "***",
        "inspect_oracle_password": "***",
        "patient_name": "张*",
        "billNo": "****5678",
        "checkCode": "***",
        "used_bytes": 13812345678,
        "password_set": True,
        "samples": ["tel 138****5678", {"姓名": "李*"}, ("***@y.com", None)],
        "raw": "密码=***",
        "138****5678": 1,
    }
    assert redact_data(data) == expected
    assert redact_data(expected) == expected
    assert "geheim" not in json.dumps(expected)


@pytest.mark.parametrize(
    "piece", ["a", "a.", "-", "1", "password", "姓名:", "/", "eyJ.", "张", "?="]
)
def test_long_lines_end(piece: str) -> None:
    """Every pattern is linear: with a quadratic one this takes minutes."""
    text = redact(piece * (200_000 // len(piece)))
    assert redact(text) == text
