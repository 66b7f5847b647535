# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts in a log: catalogue/log_patterns.yml, validated, and turned into grep and awk.

One alternation of all patterns of a kind goes to one grep; awk then sorts the lines that grep
found into the patterns, the first that fits. Both must read an expression alike, so what the
tools understand differently is refused when the catalogue is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

import yaml
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    CATALOGUE_FOLDER,
    CatalogueError,
)

try:
    import pydantic
except ImportError as error:
    pydantic = absent(error)

_REFUSED = re.compile(r"[{}\t\n\r\0]|\\[A-Za-z0-9<>`'/]|\[[^]]*/[^]]*\]|\[[^]]*\[[:.=]")
_DIGITS = "[0-9]" * 11 + "[0-9]*"
_SPECIAL = frozenset(b"\\[](){}*+?.^$|")


class Pattern(pydantic.BaseModel):
    """One thing to look for; see catalogue/log_patterns.yml for the keys."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, pydantic.Field(pattern=r"^[a-z][a-z0-9_]*$")]
    regex: str
    ignore: str | None = None
    weight: Literal["fail", "warn"]
    zh: Annotated[str, pydantic.Field(min_length=1)]
    en: Annotated[str, pydantic.Field(min_length=1)]

    @pydantic.field_validator("regex", "ignore")
    @classmethod
    def _portable(cls, regex: str | None) -> str | None:
        return None if regex is None else portable(regex)


class Kind(pydantic.BaseModel):
    """A kind of log: its patterns in order, and the form of its time stamp lines if it has any."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    stamp: str | None = None
    patterns: Annotated[list[Pattern], pydantic.Field(min_length=1)]

    @pydantic.field_validator("stamp")
    @classmethod
    def _portable(cls, regex: str | None) -> str | None:
        return None if regex is None else portable(regex)

    @pydantic.field_validator("patterns")
    @classmethod
    def _unique(cls, patterns: list[Pattern]) -> list[Pattern]:
        ids = [pattern.id for pattern in patterns]
        if len(set(ids)) < len(ids):
            raise ValueError("an id stands twice")
        return patterns


def portable(regex: str) -> str:
    """Return the expression if grep -E, mawk, gawk and busybox read it alike, else ValueError."""
    if _REFUSED.search(regex):
        raise ValueError(f"not read alike by grep and awk: {regex!r}")
    try:
        compiled = re.compile(regex)
    except re.error as error:
        raise ValueError(f"not an expression: {regex!r}: {error}") from error
    if compiled.search(""):
        raise ValueError(f"fits every line: {regex!r}")
    if not regex.isascii() and any(
        byte in _SPECIAL for char in regex if not char.isascii() for byte in char.encode("gb18030")
    ):
        raise ValueError(f"a character is special in GB18030: {regex!r}")
    return regex


@lru_cache(maxsize=1)
def catalogue_kinds() -> Mapping[str, Kind]:
    """Return the kinds of the catalogue; CatalogueError names the key of each fault."""
    path = CATALOGUE_FOLDER / "log_patterns.yml"
    return kinds(yaml.safe_load(path.read_text(encoding="utf-8"))["kinds"], path.name)


def kinds(data: Mapping[str, Any], source: str) -> dict[str, Kind]:
    """Validate kinds given as plain data; CatalogueError names source, kind and key."""
    found = {}
    for name, kind in data.items():
        try:
            found[str(name)] = Kind.model_validate(kind)
        except pydantic.ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(step) for step in fault["loc"])
            raise CatalogueError(f"{source}: {name}: {where}: {fault['msg']}") from None
    return found


def _bytes(regex: str) -> bytes:
    """The expression as bytes; text beyond ASCII in both encodings that logs come in."""
    if regex.isascii():
        return regex.encode("ascii")
    return regex.encode("utf-8") + b"|" + regex.encode("gb18030")


def _literal(regex: str) -> bytes:
    """The expression as an awk literal, which awk compiles once."""
    return b"/" + _bytes(regex).replace(b"/", b"\\/") + b"/"


def for_printf(raw: bytes) -> str:
    r"""Write bytes so that printf %b of any shell gives them back: \0ooo and double backslashes."""
    return "".join(
        "\\\\" if byte == 0x5C else chr(byte) if 0x20 <= byte < 0x7F else f"\\0{byte:03o}"
        for byte in raw
    )


def grep_expression(kind: Kind) -> bytes:
    """One extended regular expression for all lines that awk has to see."""
    found = [_bytes(pattern.regex) for pattern in kind.patterns]
    if kind.stamp:
        found.append(_bytes(kind.stamp))
    return b"|".join(found)


def _choice(patterns: Sequence[Pattern]) -> bytes:
    """awk: set k to the number of the first pattern that fits, else leave the line."""
    steps = []
    for number, pattern in enumerate(patterns):
        test = b"text ~ " + _literal(pattern.regex)
        if pattern.ignore:
            test += b" && text !~ " + _literal(pattern.ignore)
        steps.append(b"if (%s) k = %d" % (test, number))
    return b"\n  else ".join([*steps, b"next"])


_HEAD = rb"""BEGIN { limit = -1; skip = length(nonce) + 2 }
function masked(text, out) {
  while (match(text, /DIGITS/)) {
    out = out substr(text, 1, RSTART - 1) "***"
    text = substr(text, RSTART + RLENGTH)
  }
  text = out text
  gsub(/[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+/, "***@***", text)
  if (length(text) > 300) {
    text = substr(text, 1, 300)
    sub(/[0-9A-Za-z@._+-]*$/, "", text)
  }
  return text
}
index($0, nonce) == 1 {
  if (substr($0, skip, 6) == "limit ") limit = substr($0, skip + 6) + 0
  else print substr($0, skip)
  next
}
{
  text = $0
  if (limit >= 0) {
    colon = index(text, ":")
    if (substr(text, 1, colon - 1) + 0 >= limit) next
    text = substr(text, colon + 1)
  }
""".replace(b"DIGITS", _DIGITS.encode("ascii"))

_FOOT = rb"""
  n[k]++
  if (stamp == "") undated[k]++
  place = n[k] < KEEP ? n[k] : KEEP
  line[k, place] = substr(text, 1, 2000)
  at[k, place] = stamp
}
END {
  for (k in n) {
    print "count", k, n[k], undated[k] + 0
    for (place = 1; place <= KEEP && place <= n[k]; place++)
      print "sample", k, at[k, place] "\t" masked(line[k, place])
  }
}
"""


def awk_program(kind: Kind, samples: int) -> bytes:
    """The awk text: counts for each pattern, and its first lines and its last, masked.

    Of each pattern the first ``samples - 1`` lines and the last one are kept. Runs of 11 digits
    and more (telephone, card, identity and bill numbers) and e-mail addresses never leave the
    target. Lines that begin with the nonce are the collector's own and go through.
    """
    stamp = b""
    if kind.stamp:
        test = _literal(kind.stamp)
        stamp = b"  if (text ~ %s) { stamp = substr(text, 1, 40); next }\n" % test
    foot = _FOOT.replace(b"KEEP", str(max(1, samples)).encode("ascii"))
    return _HEAD + stamp + b"  " + _choice(kind.patterns) + foot
