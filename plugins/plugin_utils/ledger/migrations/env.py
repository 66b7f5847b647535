# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations of the ledger. Alembic runs them on the connection that the store hands in."""

from __future__ import annotations

from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent

try:
    from alembic import context
except ImportError as error:
    context = absent(error)
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite cannot alter a column in place; Alembic then copies the table.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
