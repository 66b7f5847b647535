# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's version, read from galaxy.yml: written once."""

from __future__ import annotations

from pathlib import Path

import yaml

# In a clone galaxy.yml lies at the root; in an installed collection MANIFEST.json replaces it.
_ROOT = Path(__file__).resolve().parents[2]


def _version() -> str:
    galaxy, manifest = _ROOT / "galaxy.yml", _ROOT / "MANIFEST.json"
    if galaxy.is_file():
        return str(yaml.safe_load(galaxy.read_text(encoding="utf-8"))["version"])
    data = yaml.safe_load(manifest.read_text(encoding="utf-8"))
    return str(data["collection_info"]["version"])


VERSION = _version()
