# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mask secrets and patient data in anything that is shown, logged or stored.

The rules:

====================  ==========================================  ==============================
what                  how it is recognised                        what stays
====================  ==========================================  ==============================
secrets               key=value, JSON, XML, command options,      the key
                      URL user info, Authorization, cookies,
                      JWT, Oracle user/password@, PEM blocks
check codes (校验码)  labelled (校验码, checkCode, RandomNumber)   the label
URLs                  bill, H5 and QR links                       nothing: [url]
                      query with values; opaque path parts        scheme, host, plain path
e-mail                local@domain.tld                            domain
identity numbers      18 digits with a birth date, 15 digits      first 3, last 2
                      with province and birth date
bill numbers          8-digit code and 10-digit number, together  code, last 4
                      or apart; a labelled number                 last 4
mobile numbers        1[3-9] and nine digits, with or without 86  138****1234
card numbers          16-19 digits that pass Luhn; labelled card, last 4
                      outpatient, inpatient, insurance numbers
names                 labelled (姓名, 患者, payer, name=)          张*
====================  ==========================================  ==============================

What must stay readable: sizes in bytes, time stamps, ORA codes, addresses, process ids, digests.
A number followed by a unit of size or preceded by a key of size is a size, whatever its length.
Everything here is idempotent: redact(redact(x)) == redact(x).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.redact_rules import (
    CHECK_KEY,
    HIDDEN,
    HIDDEN_KEY,
    PAYER_KEY,
    RULES,
    TAIL_KEY,
    folded,
    mask_name,
    mask_tail,
)


@lru_cache(maxsize=4096)
def redact(text: str) -> str:
    """Return the text with every secret and every trace of a patient masked; see the module."""
    look = folded(text)
    for hint, pattern, replacement in RULES:
        if hint(look):
            text = pattern.sub(replacement, text)
    return text


_KEY_MASKS: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(rf"(?i).*{HIDDEN_KEY}"), lambda value: HIDDEN),
    (re.compile(rf"(?i).*{CHECK_KEY}"), lambda value: HIDDEN),
    (
        re.compile(rf"(?i)(?:.*_)?{PAYER_KEY}"),
        lambda value: value if value.endswith("*") else mask_name(value),
    ),
    (
        re.compile(rf"(?i)(?:.*_)?{TAIL_KEY}"),
        lambda value: value if value.startswith("*") else mask_tail(value),
    ),
)


@lru_cache(maxsize=4096)
def _mask_of(key: str) -> Callable[[str], str] | None:
    """Return how a value of the key is masked, None where its key says nothing of it."""
    return next((mask for pattern, mask in _KEY_MASKS if pattern.fullmatch(key)), None)


def _by_key(key: Any, value: Any) -> Any:
    """Mask what its key names as secret or personal; numbers count, truth values do not."""
    if isinstance(key, str) and isinstance(value, str | int) and not isinstance(value, bool):
        mask = _mask_of(key)
        if mask is not None:
            return mask(str(value)) if value != "" else value
    return redact_data(value)


def redact_data(obj: Any) -> Any:
    """Redact every string in nested mappings, lists, tuples and sets, by content and by key.

    Numbers, truth values and None stay (unless their key names a secret); bytes become text.
    """
    if isinstance(obj, str):
        return redact(obj)
    if isinstance(obj, bytes | bytearray):
        return redact(bytes(obj).decode("utf-8", "replace"))
    if isinstance(obj, Mapping):
        return {redact_data(key): _by_key(key, value) for key, value in obj.items()}
    if isinstance(obj, list | tuple | set | frozenset):
        items = [redact_data(item) for item in obj]
        return items if isinstance(obj, list) else type(obj)(items)
    return obj
