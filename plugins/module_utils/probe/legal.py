# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no inspection ever asks for: to make, reverse or hand out a legal voucher."""

from __future__ import annotations

import re
from urllib.parse import unquote

LEGAL_ACTS = (
    "invoiceebill",
    "invebill",
    "invoicepayment",
    "writeoffebill",
    "writeoffpayment",
    "turnpaper",
    "returnpaper",
    "invalidpaper",
    "getpaperbillno",
)
"""Beginnings of the vendors' interface methods that do so."""


def refuse_legal_acts(what: str, text: str) -> None:
    """Raise ValueError when a text that would be sent names such a method, in any spelling.

    ``what`` says where the text stands; the text itself may be private and is not quoted.
    """
    for spelled in (text, unquote(text)):
        plain = re.sub(r"[^a-z]", "", spelled.lower())
        for act in LEGAL_ACTS:
            if act in plain:
                raise ValueError(f"{what} names {act}*: an inspection never calls it")
