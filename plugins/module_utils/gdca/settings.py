# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one GDCA server is reached and asked: the module's options as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

MEASURED_ROLES = ("gateway", "auth", "appliance")
MANUAL_ROLES = ("svs", "tsa", "directory", "seal")
"""Roles of a GDCA installation that are not measured yet; who lists one is told so."""

ENCODINGS = ("base64", "hex", "text")
USAGES = ("any", "signing", "encryption", "server", "ca")

_TEXT = {"type": "str", "required": True}
_PATH = {"type": "path", "required": True}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "url": {"type": "str", "required": True},
    "server_name": {"type": "str"},
    "ca_file": {"type": "path"},
    "certificate_ca_file": {"type": "path"},
    "validate_certs": {"type": "bool", "default": True},
    "roles": {
        "type": "list",
        "elements": "str",
        "choices": [*MEASURED_ROLES, *MANUAL_ROLES],
        "default": list(MEASURED_ROLES),
    },
    "test_certificate_file": {"type": "path"},
    "test_key_file": {"type": "path", "no_log": False},  # a path; the key never leaves its file
    "expected_user": {"type": "str"},
    "negative_tests": {"type": "bool", "default": True},
    "refused_certificates": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": _TEXT,
            "certificate_file": _PATH,
            "key_file": _PATH | {"no_log": False},
        },
    },
    "certificate_files": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": _TEXT,
            "path": _PATH,
            "usage": {"type": "str", "choices": list(USAGES), "default": "any"},
        },
    },
    "profile": {"type": "dict", "default": {}},
    "request_seconds": {"type": "float", "default": 5},
    "timeout_seconds": {"type": "float", "default": 60},
}
"""The module's argument spec. `from_options` takes what it yields."""


@dataclass(frozen=True)
class Pair:
    """A certificate file with its key file. `name` is what a result calls it."""

    name: str
    certificate_file: str
    key_file: str


@dataclass(frozen=True)
class CertificateFile:
    """A certificate exported from the device; `usage` is any, signing, encryption, server or ca."""

    name: str
    path: str
    usage: str = "any"


@dataclass(frozen=True)
class Profile:
    """Paths and JSON fields of the device's interface. An empty path or field: it has none.

    A real device's interface is not public; the defaults are those of the project's lab.
    Field names may be paths with dots.
    """

    challenge_path: str = "/auth/challenge"
    challenge_id_field: str = "id"
    challenge_field: str = "challenge"
    challenge_encoding: str = "base64"
    verify_path: str = "/auth/verify"
    verify_id_field: str = "id"
    verify_certificate_field: str = "certificate"
    verify_signature_field: str = "signature"
    result_field: str = "result"
    accepted_values: tuple[str, ...] = ("accepted",)
    user_field: str = "user"
    certificates_path: str = "/certificates"
    certificates_field: str = "certificates"
    certificate_role_field: str = "role"
    certificate_pem_field: str = "pem"
    signing_role: str = "signing"
    encryption_role: str = "encryption"
    status_path: str = "/status"
    time_field: str = "time"
    time_utc_offset_hours: float = 8
    version_field: str = "version"
    selftest_field: str = "selftest"
    selftest_passed_values: tuple[str, ...] = ("passed",)
    licence_days_field: str = "licence.days_left"
    disk_used_field: str = "disk.used_percent"
    log_used_field: str = "log.used_percent"


@dataclass(frozen=True)
class Settings:
    """Everything one inspection of one server needs. Times are seconds."""

    host: str
    port: int
    base_path: str = ""
    server_name: str = ""
    ca_file: str = ""
    certificate_ca_file: str = ""
    validate_certs: bool = True
    roles: tuple[str, ...] = MEASURED_ROLES
    test_pair: Pair | None = None
    expected_user: str = ""
    negative_tests: bool = True
    refused_pairs: tuple[Pair, ...] = ()
    certificate_files: tuple[CertificateFile, ...] = ()
    profile: Profile = field(default_factory=Profile)
    request_seconds: float = 5
    timeout_seconds: float = 60

    @property
    def place(self) -> str:
        """host:port, for the detail of a reason."""
        return f"{self.host}:{self.port}"


def from_options(options: Mapping[str, Any]) -> Settings:
    """Build settings from the module's options; ValueError for a wrong address or number."""
    url = urlsplit(options["url"])
    if url.scheme != "https" or not url.hostname or url.query or url.username:
        raise ValueError("url must be https://host[:port][/path], without a query or an account")
    if url.path and not _is_path(url.path):
        raise ValueError("url: the path must hold no blank")
    for name in ("request_seconds", "timeout_seconds"):
        if not 0 < options[name] <= 3600:
            raise ValueError(f"{name} must be more than 0 and at most 3600")
    _check_names(options)
    files = [options.get("test_certificate_file"), options.get("test_key_file")]
    if any(files) and not all(files):
        raise ValueError("test_certificate_file and test_key_file belong together")
    return Settings(
        host=url.hostname,
        port=url.port or 443,
        base_path=url.path.rstrip("/"),
        server_name=options.get("server_name") or "",
        ca_file=options.get("ca_file") or "",
        certificate_ca_file=options.get("certificate_ca_file") or "",
        validate_certs=options["validate_certs"],
        roles=tuple(options["roles"]),
        test_pair=Pair("test", str(files[0]), str(files[1])) if all(files) else None,
        expected_user=options.get("expected_user") or "",
        negative_tests=options["negative_tests"],
        refused_pairs=tuple(Pair(**pair) for pair in options.get("refused_certificates") or ()),
        certificate_files=tuple(
            CertificateFile(**item) for item in options.get("certificate_files") or ()
        ),
        profile=_profile(options.get("profile") or {}),
        request_seconds=options["request_seconds"],
        timeout_seconds=options["timeout_seconds"],
    )


def _check_names(options: Mapping[str, Any]) -> None:
    """A server name must be one that TLS can ask for; a listed name must name one thing."""
    name = options.get("server_name") or ""
    if name and (name.startswith(".") or not name.isascii() or not name.isprintable()):
        raise ValueError("server_name must be a host name or an address in ASCII")
    for listed in ("refused_certificates", "certificate_files"):
        names = [item["name"] for item in options.get(listed) or ()]
        if len(set(names)) < len(names):
            raise ValueError(f"{listed}: each name may be used once")


def _profile(given: Mapping[str, Any]) -> Profile:
    """Take over what the site has set; ValueError names a key or a value that is not known."""
    known = {one.name: one.default for one in fields(Profile)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"profile: unknown key {name}; known: {', '.join(known)}")
        if isinstance(known[name], tuple):
            listed = value if isinstance(value, list) else [value]
            values[name] = tuple(str(one) for one in listed)
        elif name == "time_utc_offset_hours":
            values[name] = _offset_hours(value)
        else:
            values[name] = "" if value is None else str(value)
    made = Profile(**values)
    if made.challenge_encoding not in ENCODINGS:
        raise ValueError(f"profile: challenge_encoding must be one of {', '.join(ENCODINGS)}")
    for name in ("challenge_path", "verify_path", "certificates_path", "status_path"):
        path = getattr(made, name)
        if path and not _is_path(path):
            raise ValueError(f"profile: {name} must begin with / and hold no blank")
    return made


def _is_path(text: str) -> bool:
    return text.startswith("/") and text.isascii() and text.isprintable() and " " not in text


def _offset_hours(value: Any) -> float:
    hours = float(value)
    if not -14 <= hours <= 14:
        raise ValueError("profile: time_utc_offset_hours must lie between -14 and 14")
    return hours
