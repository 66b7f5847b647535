# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our speed, as ratios in one run; ``python -m bench`` runs all."""

import sys
from pathlib import Path

# The collection is imported from the clone, as Ansible does it.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "collections"))
