# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the catalogue; an incomplete one can't be loaded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import yaml
from ansible.module_utils.common.yaml import yaml_load
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue_model import (
    AreaFile,
    Catalogue,
    Check,
    ClauseFile,
    Reading,
    SettingRef,
    SubjectFile,
    Text,
)

try:
    import pydantic
except ImportError as error:
    pydantic = absent(error)

# Not abspath: __file__ may lie below collections/, which has no catalogue; the real path has.
CATALOGUE_FOLDER = Path(__file__).resolve().parents[2] / "catalogue"

AREAS = (
    "host",
    "backup",
    "log",
    "oracle",
    "web",
    "business",
    "interface",
    "gdca",
    "performance",
)


class CatalogueError(ValueError):
    """A catalogue, profile or override that is not right; the text names file, check and key."""


def load(folder: Path = CATALOGUE_FOLDER) -> Catalogue:
    """Read and validate the catalogue; CatalogueError names file, check and key of each fault."""
    digest = hashlib.sha256()
    clause_path = folder / "clauses.yml"
    clause_file: ClauseFile = _validate(ClauseFile, _yaml(clause_path, digest), clause_path, "")
    readings = [
        _validate(Reading, item, folder / "readings.yml", str(item.get("key")))
        for item in _yaml(folder / "readings.yml", digest)
    ]
    reasons = _texts(folder / "reasons.yml", digest)
    codes = _texts(folder / "codes.yml", digest)
    # Read by the log collector; a change of it is a change of the catalogue.
    _yaml(folder / "log_patterns.yml", digest)
    areas = {
        area: _area(folder / f"{area}.yml", digest)
        for area in AREAS
        if (folder / f"{area}.yml").is_file()
    }
    checks = {check.id: check for area in areas.values() for check in area.checks}
    catalogue = Catalogue(
        version=digest.hexdigest()[:12],
        sections=clause_file.sections,
        clauses={clause.id: clause for clause in clause_file.clauses},
        readings={reading.key: reading for reading in readings},
        reasons=reasons,
        codes=codes,
        areas=areas,
        checks=checks,
        area_of={check.id: name for name, area in areas.items() for check in area.checks},
    )
    _cross_check(catalogue, folder)
    return catalogue


def _texts(path: Path, digest: Any) -> dict[str, dict[str, str]]:
    """Read a file that maps ids to texts in both languages."""
    return {
        key: _validate(Text, text, path, key).model_dump()
        for key, text in _yaml(path, digest).items()
    }


def _yaml(path: Path, digest: Any) -> Any:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{path.name}: cannot be read: {error.strerror}") from error
    digest.update(raw)
    try:
        return yaml_load(raw)
    except yaml.YAMLError as error:
        raise CatalogueError(f"{path.name}: not valid YAML: {error}") from error


def _validate(model: type[pydantic.BaseModel], data: Any, path: Path, name: str) -> Any:
    try:
        return model.model_validate(data)
    except pydantic.ValidationError as error:
        raise CatalogueError("\n".join(_faults(error, data, path, name))) from None


def _faults(error: pydantic.ValidationError, data: Any, path: Path, name: str) -> Iterable[str]:
    for fault in error.errors():
        where = [str(step) for step in fault["loc"]]
        label = name
        if len(where) >= 2 and where[0] in ("checks", "clauses", "sections"):
            item = data[where[0]][int(where[1])]
            label = str(item.get("id", f"{where[0]}[{where[1]}]")) if isinstance(item, dict) else ""
            where = where[2:]
        text = fault["msg"].removeprefix("Value error, ")
        yield ": ".join(x for x in (path.name, label, ".".join(where), text) if x)


def _area(path: Path, digest: Any) -> AreaFile:
    area: AreaFile = _validate(AreaFile, _yaml(path, digest), path, "")
    if area.area != path.stem:
        raise CatalogueError(f"{path.name}: area: {area.area!r} must be the file's name")
    # A large area keeps its checks in one file for each subject, in a folder of its own name.
    for more in sorted(path.with_suffix("").glob("*.yml")):
        subject: SubjectFile = _validate(SubjectFile, _yaml(more, digest), more, "")
        area.checks.extend(subject.checks)
    return area


def _cross_check(catalogue: Catalogue, folder: Path) -> None:
    """House rules over several files: ids, clauses and settings that are referred to exist."""
    faults: list[str] = []
    seen: set[str] = set()
    for name, area in catalogue.areas.items():
        for check in area.checks:
            label = f"{name}.yml: {check.id}"
            if check.id in seen:
                faults.append(f"{label}: id: used twice")
            seen.add(check.id)
            if check.id.split(".")[0] != name:
                faults.append(f"{label}: id: must begin with '{name}.'")
            faults += [
                f"{label}: clauses: {clause} is not in clauses.yml"
                for clause in check.clauses
                if clause not in catalogue.clauses
            ]
            faults += [
                f"{label}: limits.{key}: setting {ref.setting!r} is not in readings.yml"
                for key, ref in _settings(check)
                if ref.setting not in catalogue.readings
            ]
            faults += [
                f"{label}: {where}: not a format: {error}" for where, error in _bad_formats(check)
            ]
    if faults:
        raise CatalogueError("\n".join(faults))


def _settings(check: Check) -> list[tuple[str, SettingRef]]:
    if check.limits is None:
        return []
    pairs = (("warn", check.limits.warn), ("fail", check.limits.fail))
    return [(key, value) for key, value in pairs if isinstance(value, SettingRef)]


_FIELD = re.compile(r"^[a-z_][a-z0-9_]*$")


def _bad_formats(check: Check) -> Iterable[tuple[str, str]]:
    """Templates name plain fields only: no attribute, index or format of their own."""
    for status in ("pass_", "warn", "fail", "past"):
        text = getattr(check.messages, status)
        for language in ("zh", "en") if text else ():
            try:
                parts = list(Formatter().parse(getattr(text, language)))
            except ValueError as error:
                yield f"messages.{status.rstrip('_')}.{language}", str(error)
                continue
            for _literal, field, form, _conversion in parts:
                if field is not None and (form or not _FIELD.match(field)):
                    yield f"messages.{status.rstrip('_')}.{language}", f"{{{field}}}"


def resolve_settings(catalogue: Catalogue, site: Mapping[str, Any]) -> dict[str, Any]:
    """Return every reading's value in force: the site profile's or the default.

    CatalogueError names the key, the value and what is allowed.
    """
    return {
        key: _setting(reading, site[key]) if key in site else reading.default
        for key, reading in catalogue.readings.items()
    }


def _setting(reading: Reading, value: Any) -> Any:
    name = f"ebill_site.{reading.key}"
    if value is None and reading.default is None:
        return None
    if reading.type == "boolean":
        if isinstance(value, bool):
            return value
        raise CatalogueError(f"{name}: {value!r} is not allowed; allowed: true, false")
    if reading.type == "choice":
        if value in reading.allowed:
            return value
        raise CatalogueError(
            f"{name}: {value!r} is not allowed; allowed: {', '.join(reading.allowed)}"
        )
    low, high = reading.minimum, reading.maximum
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and (low is None or value >= low) and (high is None or value <= high):
        return value
    raise CatalogueError(
        f"{name}: {value!r} is not allowed; allowed: a number from {low} to {high}"
    )


def compile_check(
    catalogue: Catalogue, check_id: str, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the check as the plain dict that the judge reads, with its settings resolved."""
    check = catalogue.checks[check_id]
    compiled = check.model_dump(by_alias=True, exclude_none=True)
    compiled["area"] = catalogue.area_of[check_id]
    limits = compiled.get("limits")
    if limits:
        for key, ref in _settings(check):
            limits[key] = settings[ref.setting]
            limits["source"] = f"site:{ref.setting}"
    compiled["words"] = {**_words(catalogue, check), **compiled["words"]}
    impacts = (catalogue.clauses[clause].impact for clause in check.clauses)
    impact = check.impact or next((text for text in impacts if text), None)
    if impact:
        compiled["impact"] = impact.model_dump()
    compiled["reasons"] = catalogue.reasons
    return compiled


def _words(catalogue: Catalogue, check: Check) -> dict[str, dict[str, str]]:
    """Return what the codes mean by which a check is judged."""
    states = check.states.model_dump(by_alias=True) if check.states else {}
    codes = (code for values in states.values() for code in values if isinstance(code, str))
    return {code: catalogue.codes[code] for code in codes if code in catalogue.codes}
