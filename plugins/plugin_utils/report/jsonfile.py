# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON: the model as it is, in both languages, for other programs and for next quarter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report import templates as files


def render(model: Mapping[str, Any], language: str, templates: files.Templates) -> bytes:
    """Return the model as UTF-8 JSON with its keys in the model's order. The language changes
    nothing: every text is there in both."""
    del language, templates
    return (json.dumps(model, ensure_ascii=False, indent=1) + "\n").encode()
