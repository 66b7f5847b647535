# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence as an archive beside the documents: anybody can check its SHA-256."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the same evidence makes the same archive, whenever it is made


def evidence_archive(model: Mapping[str, Any], texts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the archive by its file name: one JSON file for each row of the evidence list.

    ``texts`` maps a SHA-256 to the masked observations; a row without one is left out.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in model["evidence"]:
            text = texts.get(row["sha256"])
            if text is None:
                continue
            name = f"{row['evidence']}_{row['sha256'][:12]}.json"
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), text, zipfile.ZIP_DEFLATED)
    cover = model["cover"]
    return {f"evidence_{cover['quarter']}_{cover['version']}.zip": packed.getvalue()}
