# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""views.yml: which views and columns the dictionary has in which release, and of what type."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.oracle import seam
from lab.oracle.seam import Column

SOURCE = Path(__file__).with_name("views.yml")
Release = tuple[int, int]
"""(major, minor): (11, 2), (12, 1), (19, 0) ..."""
OLDEST: Release = (11, 2)
MULTITENANT: Release = (12, 1)
PAGES = ("11.2", "12.2", "19", "23")
"""The releases whose pages of the reference views.yml accounts for."""
KINDS = {
    "NUMBER": seam.NUMBER,
    "VARCHAR2": seam.VARCHAR2,
    "NVARCHAR2": seam.VARCHAR2,
    "CHAR": seam.VARCHAR2,
    "ROWID": seam.VARCHAR2,
    "DATE": seam.DATE,
    "RAW": seam.RAW,
    "BLOB": seam.RAW,
    "CLOB": seam.LONG,
    "LONG": seam.LONG,
    "XMLTYPE": seam.LONG,
}


@dataclass(frozen=True)
class Documented:
    """A column: its type as the reference writes it, the first release with it and without it."""

    name: str
    type: str
    since: Release
    until: Release | None = None

    def there(self, release: Release) -> bool:
        return self.since <= release and (self.until is None or release < self.until)

    def column(self) -> Column:
        """The column as the engine has it; sizes in characters or bytes, 0 where there is none."""
        word, size = re.match(r"(\w+)(?:\((\d+))?", self.type).groups()  # type: ignore[union-attr]
        if word == "TIMESTAMP":
            return Column(self.name, seam.TIMESTAMP_TZ if "ZONE" in self.type else seam.TIMESTAMP)
        if word == "INTERVAL":
            return Column(self.name, seam.INTERVAL)
        sized = KINDS[word] in (seam.VARCHAR2, seam.RAW)
        return Column(self.name, KINDS[word], int(size or 4000) if sized else 0)


@dataclass(frozen=True)
class DocumentedView:
    name: str
    since: Release
    public: bool
    columns: tuple[Documented, ...]

    def there(self, release: Release) -> bool:
        return self.since <= release

    def of(self, release: Release) -> list[Column]:
        return [one.column() for one in self.columns if one.there(release)]


def release_of(text: str) -> Release:
    """`12.1`, `19` or `19.0.0.0.0` as (major, minor)."""
    major, minor = (int(part) for part in (text + ".0").split(".")[:2])
    return major, minor


@functools.cache
def views() -> Mapping[str, DocumentedView]:
    """Every view by its name, the CDB_ twins of DBA_ views and the GV$ twins of V$ views too."""
    document = yaml.load(SOURCE.read_text(encoding="utf-8"), Loader=_loader())
    found = {}
    for name, entry in document["views"].items():
        found[name] = view = _view(name, entry)
        if name.startswith("DBA_"):
            twin = f"CDB_{name[4:]}"
            since = max(view.since, MULTITENANT)
            own = [one for one in view.columns if one.name != "CON_ID"]
            container = Documented("CON_ID", "NUMBER", since)
            found[twin] = DocumentedView(twin, since, False, (*own, container))
        elif name.startswith("V$"):
            instance = Documented("INST_ID", "NUMBER", view.since)
            own = [one for one in view.columns if one.name != "INST_ID"]
            columns = (instance, *own)
            found[f"G{name}"] = DocumentedView(f"G{name}", view.since, False, columns)
    return found


def _loader() -> Any:
    """The parser in C where PyYAML has it: the file is long."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _view(name: str, entry: Mapping[str, Any]) -> DocumentedView:
    since = release_of(str(entry["since"])) if "since" in entry else OLDEST
    columns = [Documented(key, kind, since) for key, kind in entry["columns"].items()]
    for release, later in entry.get("added", {}).items():
        columns += [Documented(key, kind, release_of(release)) for key, kind in later.items()]
    for release, gone in entry.get("gone", {}).items():
        columns += [Documented(k, kind, since, release_of(release)) for k, kind in gone.items()]
    return DocumentedView(name, since, bool(entry.get("public")), tuple(columns))
