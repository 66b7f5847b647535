# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last sign of life of a run, by which other machines tell that it died."""

from __future__ import annotations

from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent

try:
    import sqlalchemy as sa
    from alembic import op
except ImportError as error:
    sa = op = absent(error)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of runs before it the time of opening counts."""
    op.add_column("run", sa.Column("seen", sa.String(32)))
