# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger's tables. Times are UTC ISO-8601 texts; JSON columns hold plain data."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

# state: running, complete, cancelled (told to stop), expired (died without a word).
# definitions: clauses, areas, checks and readings as they were, so that an old report stays.
RUN = Table(
    "run",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("quarter", String(8), nullable=False, index=True),
    Column("opened", String(32), nullable=False),
    Column("closed", String(32)),
    Column("state", String(16), nullable=False),
    Column("process", JSON, nullable=False),
    Column("engineer", String(80), nullable=False),
    Column("site", JSON, nullable=False),
    Column("selection", JSON, nullable=False),
    Column("targets", JSON, nullable=False),
    Column("definitions", JSON, nullable=False),
    Column("versions", JSON, nullable=False),
)

OWED = Table(
    "owed",
    METADATA,
    Column("run", ForeignKey("run.id"), primary_key=True),
    Column("target", String(200), primary_key=True),
    Column("check_id", String(100), primary_key=True),
)

RESULT = Table(
    "result",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run", ForeignKey("run.id"), nullable=False),
    Column("target", String(200), nullable=False),
    Column("check_id", String(100), nullable=False),
    Column("part", Text),
    Column("area", String(20), nullable=False),
    Column("status", String(10), nullable=False),
    Column("level", String(10), nullable=False),
    Column("started", String(32), nullable=False),
    Column("duration_seconds", Float, nullable=False),
    Column("evidence", String(64)),
    Column("capacity", String(16)),
    Column("body", JSON, nullable=False),
    Index("ix_result_run", "run", "target", "check_id"),
    Index("ix_result_capacity", "capacity", "run"),
)

EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("run", ForeignKey("run.id"), primary_key=True),
    Column("target", String(200), primary_key=True),
    Column("area", String(20), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("collected", String(32), nullable=False),
    Column("content", LargeBinary, nullable=False),  # zlib
)

BOOKMARK = Table(
    "bookmark",
    METADATA,
    Column("target", String(200), primary_key=True),
    Column("area", String(20), primary_key=True),
    Column("run", ForeignKey("run.id"), nullable=False),
    Column("body", JSON, nullable=False),
)

REPORT = Table(
    "report",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run", ForeignKey("run.id"), nullable=False),
    Column("quarter", String(8), nullable=False),
    Column("language", String(2), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created", String(32), nullable=False),
    Column("files", JSON, nullable=False),
)
