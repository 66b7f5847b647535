# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger's tables. Times are UTC ISO-8601 texts; JSON columns hold plain data."""

from __future__ import annotations

from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent

try:
    import sqlalchemy as sa
except ImportError as error:
    sa = absent(error)

METADATA = sa.MetaData()

# state: running, complete, cancelled (told to stop), expired (died without a word).
# seen: the last sign of life, when the run opened or recorded something.
# definitions: clauses, areas, checks and readings as they were, so that an old report stays.
RUN = sa.Table(
    "run",
    METADATA,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("quarter", sa.String(8), nullable=False, index=True),
    sa.Column("opened", sa.String(32), nullable=False),
    sa.Column("closed", sa.String(32)),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("seen", sa.String(32)),
    sa.Column("process", sa.JSON, nullable=False),
    sa.Column("engineer", sa.String(80), nullable=False),
    sa.Column("site", sa.JSON, nullable=False),
    sa.Column("selection", sa.JSON, nullable=False),
    sa.Column("targets", sa.JSON, nullable=False),
    sa.Column("definitions", sa.JSON, nullable=False),
    sa.Column("versions", sa.JSON, nullable=False),
)

OWED = sa.Table(
    "owed",
    METADATA,
    sa.Column("run", sa.ForeignKey("run.id"), primary_key=True),
    sa.Column("target", sa.String(200), primary_key=True),
    sa.Column("check_id", sa.String(100), primary_key=True),
)

RESULT = sa.Table(
    "result",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("run", sa.ForeignKey("run.id"), nullable=False),
    sa.Column("target", sa.String(200), nullable=False),
    sa.Column("check_id", sa.String(100), nullable=False),
    sa.Column("part", sa.Text),
    sa.Column("area", sa.String(20), nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("level", sa.String(10), nullable=False),
    sa.Column("started", sa.String(32), nullable=False),
    sa.Column("duration_seconds", sa.Float, nullable=False),
    sa.Column("evidence", sa.String(64)),
    sa.Column("capacity", sa.String(16)),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Index("ix_result_run", "run", "target", "check_id"),
    sa.Index("ix_result_capacity", "capacity", "run"),
)

EVIDENCE = sa.Table(
    "evidence",
    METADATA,
    sa.Column("run", sa.ForeignKey("run.id"), primary_key=True),
    sa.Column("target", sa.String(200), primary_key=True),
    sa.Column("area", sa.String(20), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.Integer, nullable=False),
    sa.Column("collected", sa.String(32), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),  # zlib
)

BOOKMARK = sa.Table(
    "bookmark",
    METADATA,
    sa.Column("target", sa.String(200), primary_key=True),
    sa.Column("area", sa.String(20), primary_key=True),
    sa.Column("run", sa.ForeignKey("run.id"), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)

REPORT = sa.Table(
    "report",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("run", sa.ForeignKey("run.id"), nullable=False),
    sa.Column("quarter", sa.String(8), nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
)
