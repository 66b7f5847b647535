# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure decision what a page is worth; codes and signs only, no language.

First match wins:

===========================================================  =============
seen                                                         outcome
===========================================================  =============
at the log-in: a text that says so, or an unexpected 401/403  login_refused
a text that is a sign of a fault                             error_text
another status                                               wrong_status
an expected text is missing                                  text_missing
later than `within_seconds`                                  slow
none of these                                                ok
===========================================================  =============

From the connection itself come: refused, reset, no_answer, bad_answer (problem.py), redirect_loop,
redirected_away (to another origin, which is not followed), too_large, value_missing (nothing to
extract).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import (
    Broken,
    CouldNotLook,
    duration,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.flow import Expect
from ansible_collections.ebill.ops.plugins.module_utils.web.page import squeeze

GOOD = frozenset({"ok", "slow"})
"""Outcomes after which a flow goes on."""


@dataclass(frozen=True)
class Page:
    """An answer: `text` is what is visible (squeezed), `source` what was sent, both stay here."""

    status: int
    text: str
    source: str
    elapsed_seconds: float


@dataclass(frozen=True)
class Verdict:
    """What one step is worth. `missing` and `found` hold texts of the flow, never of the page."""

    outcome: str
    seen: str
    status_code: int | None = None
    elapsed_seconds: float | None = None
    missing: tuple[str, ...] = ()
    found: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """True when the step did what it should, perhaps slowly."""
        return self.outcome in GOOD

    def as_reason(self, what: str) -> CouldNotLook:
        """Say why what comes after this step could not be looked at."""
        if self.outcome == "login_refused":
            return CouldNotLook("login_refused", self.seen)
        return Broken(self.outcome, self.seen).as_reason(what)


def evaluate(
    page: Page,
    expect: Expect,
    error_text: Sequence[str] = (),
    refused_text: Sequence[str] | None = None,
) -> Verdict:
    """Judge a page by the table above; `refused_text` is None anywhere but at the log-in."""
    refused = _present(page, refused_text or ())
    wrong_status = page.status not in expect.status
    turned_down = refused or (
        refused_text is not None and wrong_status and page.status in (401, 403)
    )
    found = _present(page, (*expect.absent_text, *error_text))
    missing = tuple(text for text in expect.text if squeeze(text) not in page.text)
    slow = expect.within_seconds is not None and page.elapsed_seconds > expect.within_seconds
    outcome = next(
        name
        for name, applies in (
            ("login_refused", turned_down),
            ("error_text", found),
            ("wrong_status", wrong_status),
            ("text_missing", missing),
            ("slow", slow),
            ("ok", True),
        )
        if applies
    )
    signs = [f"HTTP {page.status}", duration(page.elapsed_seconds)]
    signs += [f"⚠ {quoted(text)}" for text in (*refused, *found)]
    signs += [f"× {quoted(text)}" for text in missing]
    return Verdict(
        outcome, ", ".join(signs), page.status, page.elapsed_seconds, missing, (*refused, *found)
    )


def quoted(text: str) -> str:
    """Put a text into quotation marks that Chinese and English readers both know."""
    return f"\u201c{text}\u201d"


def expected(expect: Expect) -> str:
    """Write what was expected in the same signs."""
    signs = ["HTTP " + "/".join(str(status) for status in expect.status)]
    if expect.within_seconds is not None:
        signs.append(f"≤ {expect.within_seconds:g} s")
    signs += [quoted(text) for text in expect.text]
    return ", ".join(signs)


def _present(page: Page, texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in dict.fromkeys(texts) if squeeze(text) in page.text)
