# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The patterns of what redact masks, and how each is masked; its docstring lists them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

HIDDEN = "***"

_SEP = r"""(?:\\*["'])?\s*(?:=>|[:=：＝>])\s*(?:\\*["'])?"""
"""Between a key and its value: key=v, key: v, "key": "v", \\"key\\":\\"v\\", <key>v."""

_VALUE = r"""(?:(?<=")(?:[^"\\\r\n]|\\(?!")[^\r\n])+|(?<=')[^'\r\n]+|[^\s,;&"'<>)}\]\\]+)"""
"""A secret: to the closing quote when quoted, else to the next separator."""

HIDDEN_KEY = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|app[_-]?key|access[_-]?key"
    r"|secret[_-]?key|private[_-]?key|credentials?|j?session[_-]?id|密码|口令|密钥|令牌)"
    r"(?:hash|\d{1,2})?"
)
CHECK_KEY = (
    r"(?:校验码|校验代码|check_?code|verify_?code|random_?(?:number|no|code)|bill_?random"
    r"|(?<![A-Za-z])jym)"
)
PAYER_KEY = (
    r"(?:姓名|患者|病人|交款人|缴款人|付款人|购买方|持卡人|pat(?:ient)?_?name|payer(?:_?name|_?party)?"
    r"|payee(?:_?name)?|card_?holder|real_?name|(?<![A-Za-z])(?:hzxm|brxm|jkr|xm))"
)
TAIL_KEY = (
    r"(?:卡号|账号|帐号|门诊号|住院号|医保号|病历号|病案号|就诊号|流水号|登记号|证件号码?|身份证号?码?|票据号码?"
    r"|card_?(?:no|number|num|id)|id_?card(?:_?no)?|e?bill_?(?:no|number)|einvoice_?number"
    r"|invoice_?no|inpatient_?(?:no|id)|outpatient_?(?:no|id)|patient_?(?:no|id)|medical_?record_?no"
    r"|insurance_?no|bus_?no|(?<![A-Za-z])(?:jzlsh|zyh|mzh|pjhm))"
)

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦"
    "马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余顾孟黄穆萧尹姚邵"
    "汪祁毛狄米贝臧戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍"
    "虞万柯管卢莫房裘缪解应宗丁宣邓郁单杭洪包左石崔吉龚程邢陆荣翁荀段富焦巴谷车侯全甘厉祖武符刘景"
    "詹龙叶幸司黎薄印白怀邰赖卓蔺屠蒙池乔翟谭劳申冉桑桂牛边燕温庄晏柴瞿阎连习艾容向易廖耿匡文寇"
    "欧利蔚越隆师巩聂关肖闫涂曾覃麦冼岳"
)
_HAN = r"[\u3400-\u9fff·•]"

_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NUMBER = r"(?<!\d)(?<!\d\.)"  # where a number may begin: not inside another, not after its point
_NUMBER_END = r"(?!\d)(?!\.\d)"
_SIZE_UNIT = r"(?!\s?(?:bytes?|B|[KMGT]i?B|字节|个字节|blocks?)(?![A-Za-z]))"
_SIZE_KEY = re.compile(r"(?i)(?:bytes?|size|used|total|avail(?:able)?|free|scn|字节)\W{0,4}$")

Replacement: TypeAlias = "str | Callable[[re.Match[str]], str]"


def mask_tail(value: str) -> str:
    """All but the last four characters; a value of up to six characters is hidden whole."""
    return "****" + value[-4:] if len(value) > 6 else "****"


def mask_name(value: str) -> str:
    """The first character, which is the surname of a Chinese name, and a star."""
    return value[:1] + "*" if value else value


def _after_size(match: re.Match[str]) -> bool:
    return bool(_SIZE_KEY.search(match.string[max(0, match.start() - 24) : match.start()]))


def _identity(digits: str) -> str:
    return digits[:3] + "*" * (len(digits) - 5) + digits[-2:]


def _eighteen(digits: str) -> str:
    """An identity number when the 18 hold a birth date, else a bill's code and number."""
    if re.fullmatch(rf"\d{{6}}(?:19|20)\d\d{_MONTH_DAY}\d{{3}}[\dXx]", digits):
        return _identity(digits)
    return digits[:8] + "*" * 6 + digits[-4:]


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _card(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return "*" * 12 + digits[-4:] if 16 <= len(digits) <= 19 and _luhn(digits) else text


_BILL_URL = re.compile(
    r"(?i)[/?&=._-](?:h5|qr|qr_?code|bill_?qr_?code|scan|short|e?bill_?(?:no|info|view|show|detail)"
    r"|einvoice|invoice|picture(?:_?net)?_?url|check_?code|random(?:number)?)(?![A-Za-z])"
)
_OPAQUE = re.compile(r"(?<=/)(?=[^/?#]*\d)(?=[^/?#]*[A-Za-z])[A-Za-z0-9_=-]{16,}(?=[/?#]|$)")


def _url(match: re.Match[str]) -> str:
    """Drop a link that opens a bill; elsewhere hide user info, queries and opaque path parts."""
    scheme, user, rest = match["scheme"], match["user"], match["rest"]
    if _BILL_URL.search(rest):
        return "[url]"
    path, question, query = rest.partition("?")
    path = _OPAQUE.sub(HIDDEN, path)
    if question:
        query = HIDDEN if "=" in query or len(query) >= 16 else query
    return f"{scheme}{HIDDEN + '@' if user else ''}{path}{question}{query}"


def _digits(match: re.Match[str]) -> str:
    """Mask one run of digits by what its length and form say that it is."""
    text = match[0]
    if re.search(r"[A-Fa-f]", text) or _after_size(match):
        return text
    digits = re.sub(r"[^\dXx]", "", text)
    if len(digits) == 18 and not text.startswith("+"):
        separated = len(text) > 18 and re.fullmatch(r"\d{4}([ -]\d{4})+.*", text)
        return _card(text) if separated else _eighteen(digits)
    if 16 <= len(digits) <= 19:
        return _card(text)
    if len(digits) > 19:
        return mask_tail(digits)
    if len(digits) == 15 and not text.startswith(("+", "0086")):
        return _identity(digits)
    mobile = digits[-11:]
    return f"{mobile[:3]}****{mobile[-4:]}"


class Rule(NamedTuple):
    """What is masked: where ``pattern`` matches, which is only where ``hint`` sees a sign of it.

    The hint takes the text as `folded` gives it, and costs a twentieth of the pattern.
    """

    hint: Callable[[str], bool]
    pattern: re.Pattern[str]
    replacement: Replacement


# What a pattern that ignores case takes for i, s and k beside the letters themselves.
_LOOKALIKES = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"})


def folded(text: str) -> str:
    """Return the text as hints look at it: in small letters."""
    return text.lower() if text.isascii() else text.translate(_LOOKALIKES).lower()


def _sign(words: str) -> Callable[[str], bool]:
    """Return a hint: one of the words stands in the folded text."""
    signs = words.split()
    return lambda text: any(map(text.__contains__, signs))


_FOUR_DIGITS = re.compile(r"\d{4}")

_PAYER_SIGN = _sign("姓名 患者 人 购买方 name pay holder xm jkr")

RULES: tuple[Rule, ...] = tuple(
    Rule(hint, re.compile(pattern), replacement)
    for hint, pattern, replacement in (
        (
            _sign("-----begin"),
            r"-----BEGIN ([A-Z0-9 ]+)-----(?:[^-]|-(?!----END))*(?:-----END [A-Z0-9 ]+-----)?",
            r"[\1]",
        ),
        (
            _sign("authorization cookie"),
            r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)" + _SEP + r"[^\r\n\"']+",
            r"\1: ***",
        ),
        (
            _sign("bearer basic"),
            r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}",
            r"\1 ***",
        ),
        (
            _sign("eyj"),
            r"\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?",
            HIDDEN,
        ),
        (
            _sign("://"),
            r"(?i)(?P<scheme>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://)"
            r"(?P<user>[^\s/@\"'<>]*@)?(?P<rest>[^\s\"'<>，。；（）]*)",
            _url,
        ),
        (
            _sign("?"),
            r"(?<=[\w.-])\?(?=[^\s\"'<>?]*=)[^\s\"'<>]+",
            "?" + HIDDEN,
        ),
        (
            _sign("校验 check verify random jym"),
            rf"(?i)({CHECK_KEY})({_SEP}|\s*[为是]?\s*[\[【(（]?\s*)[0-9A-Za-z]{{4,20}}+(?!\*)",
            r"\1\2***",
        ),
        (
            _sign("pass pwd secret token key credential session 密码 口令 密钥 令牌"),
            rf"(?i)({HIDDEN_KEY}{_SEP}){_VALUE}",
            r"\1***",
        ),
        (
            _sign("-pass -pwd -token -secret"),
            r"(?i)((?:^|\s)--?(?:password|passwd|pwd|token|secret)\s+)(?!-)\S+",
            r"\1***",
        ),
        (
            _sign("identified"),
            r"(?i)(\bidentified\s+by\s+)(?:values\s+)?(?:\"[^\"]*\"|'[^']*'|[^\s;,\"']+)",
            r"\1***",
        ),
        (
            _sign("jdbc:oracle"),
            r"(?i)(jdbc:oracle:\w+:)[^\s/@]+/[^\s@]+@",
            r"\1***@",
        ),
        (
            _sign("/"),
            r"(?i)\b((?:sqlplus|rman|expdp|impdp|exp|imp|conn(?:ect)?|target|userid)\b"
            r"(?:\s+-\w+)*[\s=]+[\"']?\w+)/[^\s/@\"']+",
            r"\1/***",
        ),
        (
            _sign("sign"),
            r"(?i)(\bsign" + _SEP + r")[0-9a-f]{32,64}\b",
            r"\1***",
        ),
        (
            _sign("@"),
            r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+"
            r"@(?=[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})",
            HIDDEN + "@",
        ),
        (
            _PAYER_SIGN,
            rf"(?i)({PAYER_KEY}(?:{_SEP}|\s*[\[【(（「]\s*))({_HAN}+(?!\*))",
            lambda match: match[1] + mask_name(match[2]),
        ),
        (
            _PAYER_SIGN,
            rf"(?i)((?:{PAYER_KEY}){_SEP})([A-Za-z]++(?:[ ·](?-i:[A-Z][a-z]++))*(?!\*))",
            lambda match: match[1] + mask_name(match[2]),
        ),
        (
            _sign("患者 病人 款人"),
            rf"((?:患者|病人|交款人|缴款人)\s*)([{_SURNAMES}]){_HAN}{{1,2}}",
            r"\1\2*",
        ),
        (
            _sign("name"),
            rf"(?i)((?<![A-Za-z])name{_SEP})([{_SURNAMES}]){_HAN}{{1,3}}+(?!{_HAN})",
            r"\1\2*",
        ),
        (
            _sign("号 证 card bill invoice patient record insurance bus jzlsh zyh mzh pjhm"),
            rf"(?i)({TAIL_KEY}(?:{_SEP}|\s*[\[【(（]\s*|\s*(?=\d)))([0-9A-Za-z][0-9A-Za-z-]{{3,}})",
            lambda match: match[1] + mask_tail(match[2]),
        ),
        # a digest or UUID may hold digits that look like a number: taken whole, left as it is
        (
            lambda text: bool(_FOUR_DIGITS.search(text)),
            r"(?<![0-9A-Za-z])(?:[0-9a-f]{32,}|[0-9A-F]{32,}"
            r"|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})(?![0-9A-Za-z])"
            rf"|{_NUMBER}\d{{6}}(?P<gap>[ -])(?:19|20)\d\d{_MONTH_DAY}(?P=gap)\d{{3}}[\dXx]"
            rf"|{_NUMBER}(?!20\d\d{_MONTH_DAY}[0-2]\d[0-5]\d)\d{{17}}[\dXx]{_NUMBER_END}{_SIZE_UNIT}"
            rf"|{_NUMBER}{_PROVINCE}\d{{6}}{_MONTH_DAY}\d{{3}}{_NUMBER_END}{_SIZE_UNIT}"
            rf"|{_NUMBER}\d\d06\d{{4}}[ _/,|-]{{1,3}}\d{{10}}{_NUMBER_END}"
            rf"|{_NUMBER}[3-6](?:\d{{15,18}}|\d{{3}}(?:[ -]\d{{4}}){{3}}(?:[ -]\d{{1,3}})?)"
            rf"{_NUMBER_END}{_SIZE_UNIT}"
            rf"|{_NUMBER}(?:(?:\+|00)?86[ -]?)?1[3-9]\d-?\d{{4}}-?\d{{4}}"
            rf"{_NUMBER_END}{_SIZE_UNIT}"
            rf"|{_NUMBER}(?:(?:\+|00)86[ -]?)1[3-9]\d \d{{4}} \d{{4}}{_NUMBER_END}"
            rf"|(?:(?<=电话)|(?<=手机)|(?<=手机号))[:： ]*1[3-9]\d \d{{4}} \d{{4}}{_NUMBER_END}"
            rf"|(?<!\d)\d{{21,}}(?!\d)",
            _digits,
        ),
    )
)
