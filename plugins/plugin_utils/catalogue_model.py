# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The typed model of the catalogue: clauses, readings and checks. Unknown keys are faults."""

from __future__ import annotations

from typing import Annotated, Literal

from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent

try:
    import pydantic
except ImportError as error:
    pydantic = absent(error)


class _Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Text(_Model):
    """A sentence in both languages."""

    zh: Annotated[str, pydantic.Field(min_length=1)]
    en: Annotated[str, pydantic.Field(min_length=1)]


class SettingRef(_Model):
    """A limit that is a reading of the site profile."""

    setting: str


Number = pydantic.StrictInt | pydantic.StrictFloat
Scalar = pydantic.StrictBool | pydantic.StrictInt | pydantic.StrictFloat | pydantic.StrictStr


class Limits(_Model):
    """``above``: bad at or over the limit; ``below``: bad under it."""

    direction: Literal["above", "below"]
    warn: Number | SettingRef | None = None
    fail: Number | SettingRef | None = None

    @pydantic.model_validator(mode="after")
    def _one_at_least(self) -> Limits:
        if self.warn is None and self.fail is None:
            raise ValueError("name warn or fail or both")
        return self


class States(_Model):
    """Values that mean pass, warn or fail; a value in no list is an error of its own."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    pass_: list[Scalar] = pydantic.Field(alias="pass", min_length=1)
    warn: list[Scalar] = pydantic.Field(default_factory=list)
    fail: list[Scalar] = pydantic.Field(default_factory=list)


class Empty(_Model):
    """What it means that nothing of the kind was observed."""

    status: Literal["pass", "warn", "fail", "skipped", "error"]
    message: Text


class Messages(_Model):
    """A sentence for each status that can occur; error and skipped are worded by reasons.yml.

    ``past`` is said in the place of the others where what was to come is over: the value is below
    zero, and {observed} is then how long ago that was.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    pass_: Text = pydantic.Field(alias="pass")
    warn: Text | None = None
    fail: Text | None = None
    past: Text | None = None


class Proposal(_Model):
    """What an optimisation proposal says of a finding, beside its advice."""

    decides: Text
    effort: Text
    risk: Text


class Check(_Model):
    """One question with limits; see docs/architecture.md for each key."""

    id: Annotated[str, pydantic.Field(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")]
    clauses: Annotated[list[str], pydantic.Field(min_length=1)]
    title: Text
    observation: str
    where: dict[str, Scalar | list[Scalar]] = pydantic.Field(default_factory=dict)
    part: str | None = None
    value: str
    unit: str = ""
    limits: Limits | None = None
    states: States | None = None
    judge: Literal["shown"] | None = None
    empty: Empty | None = None
    level: Literal["high", "medium", "low"]
    accumulates: bool = False
    capacity: Literal["disk", "tablespace", "backup"] | None = None
    messages: Messages
    advice: Text | None = None
    measures: Text | None = None
    words: dict[str, Text] = pydantic.Field(default_factory=dict)
    worded: list[str] = pydantic.Field(default_factory=list)
    impact: Text | None = None
    cause: Text | None = None
    remedy: str | None = None
    proposal: Proposal | None = None

    @pydantic.model_validator(mode="after")
    def _whole(self) -> Check:
        if sum(x is not None for x in (self.limits, self.states, self.judge)) != 1:
            raise ValueError("give exactly one of limits, states, judge: shown")
        for status in ("warn", "fail"):
            can = status in self.statuses() and not self._only_by_empty(status)
            if can and getattr(self.messages, status) is None:
                raise ValueError(f"messages.{status} is missing")
            if not can and getattr(self.messages, status) is not None:
                raise ValueError(f"messages.{status} can never be shown")
        counts_down = self.value == "days_left"
        if counts_down != (self.messages.past is not None):
            raise ValueError(f"messages.past {'is missing' if counts_down else 'is for days_left'}")
        if {"warn", "fail"} & self.statuses() and self.advice is None:
            raise ValueError("advice is missing, though the check can warn or fail")
        return self

    def _only_by_empty(self, status: str) -> bool:
        limits, states = self.limits, self.states
        judged = (limits and getattr(limits, status) is not None) or (
            states and getattr(states, status)
        )
        return not judged

    def statuses(self) -> set[str]:
        """The statuses this check can take (not_run apart, which any check can)."""
        taken = {"pass", "error"}
        for status in ("warn", "fail"):
            if not self._only_by_empty(status):
                taken.add(status)
        if self.empty:
            taken.add(self.empty.status)
        return taken


class AreaFile(_Model):
    """A file ``catalogue/<area>.yml``."""

    area: Literal[
        "host", "backup", "log", "oracle", "web", "business", "interface", "gdca", "performance"
    ]
    on_demand: bool = False
    group: Annotated[str, pydantic.Field(pattern=r"^ebill_[a-z_]+$")]
    title: Text
    checks: Annotated[list[Check], pydantic.Field(min_length=1)]


class SubjectFile(_Model):
    """A file ``catalogue/<area>/<subject>.yml``: more checks of the area."""

    checks: Annotated[list[Check], pydantic.Field(min_length=1)]


class Section(_Model):
    """A paragraph of the contract; ``lead`` is its first sentence, verbatim."""

    id: str
    zh: str
    en: str
    lead: str


class Clause(_Model):
    """A numbered duty of the contract; ``zh`` is verbatim."""

    id: Annotated[str, pydantic.Field(pattern=r"^[A-Z]+-\d\d$")]
    number: str
    zh: str
    en: str
    cadence: Text
    standard: str
    impact: Text | None = None
    answered: Literal["automated", "report", "guided", "record"]


class ClauseFile(_Model):
    """The file ``catalogue/clauses.yml``."""

    sections: list[Section]
    clauses: list[Clause]


class Reading(_Model):
    """How an open point of the contract is read: a setting of the site profile.

    ``zh`` and ``en`` hold whatever is set; ``words`` says each choice in the documents.
    """

    id: Annotated[str, pydantic.Field(pattern=r"^R-\d\d$")]
    key: str
    clauses: list[str]
    type: Literal["number", "choice", "boolean"]
    default: Scalar | None
    allowed: list[str] = pydantic.Field(default_factory=list)
    minimum: float | None = None
    maximum: float | None = None
    words: dict[str, Text] = pydantic.Field(default_factory=dict)
    zh: str
    en: str

    @pydantic.model_validator(mode="after")
    def _worded(self) -> Reading:
        if set(self.words) != set(self.allowed):
            raise ValueError(f"words must say each choice: {', '.join(self.allowed) or 'none'}")
        return self


class Catalogue(_Model):
    """All definitions; ``version`` is the first 12 digits of the SHA-256 over the files."""

    version: str
    sections: list[Section]
    clauses: dict[str, Clause]
    readings: dict[str, Reading]
    reasons: dict[str, dict[str, str]]
    codes: dict[str, dict[str, str]]
    areas: dict[str, AreaFile]
    checks: dict[str, Check]
    area_of: dict[str, str]
