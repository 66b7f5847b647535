# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a ledger: SQLite by default, any SQLAlchemy URL, brought to the newest schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent

try:
    import sqlalchemy as sa
except ImportError as error:
    sa = absent(error)

HEAD = "0002"
MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_SECONDS = 30


class LedgerError(RuntimeError):
    """The ledger cannot be used; the text says why and what to do."""


def default_url(output_dir: Path) -> str:
    """Return the URL of the ledger that lies in the output folder."""
    return f"sqlite:///{output_dir.resolve() / 'ledger.db'}"


def connect(url: str, busy_seconds: int | None = None) -> sa.Engine:
    """Return an engine on a ledger of the newest schema; LedgerError when it can't be had."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.SQLAlchemyError as error:
        # Not quoted: what is no URL may hold a password where masking does not look for it.
        raise LedgerError(
            "EBILL_LEDGER_URL is not an SQLAlchemy URL such as postgresql+psycopg://user@host/ebill"
        ) from error
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        folder = Path(parsed.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(
                f"cannot make the ledger's folder {folder}: {error.strerror}"
            ) from error
    with translated(parsed.render_as_string(hide_password=True)):
        engine = _engine(parsed, busy_seconds)
        _migrate(engine)
    return engine


def _engine(url: sa.URL, busy_seconds: int | None) -> sa.Engine:
    backend = url.get_backend_name()
    try:
        engine = sa.create_engine(url, connect_args=_arguments(backend, busy_seconds))
    except ImportError as error:
        raise LedgerError(
            f"the ledger's driver for {url.drivername} is missing: {error}"
        ) from error
    if backend == "sqlite":
        sa.event.listen(engine, "connect", _configure_sqlite)
    return engine


def _arguments(backend: str, busy_seconds: int | None) -> dict[str, Any]:
    name = "timeout" if backend == "sqlite" else "connect_timeout"
    return {name: BUSY_SECONDS if busy_seconds is None else busy_seconds}


def _configure_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # Readers and one writer at the same time; a crash of ours loses nothing that was committed.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _migrate(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    # Alembic costs 0.2 s to import: only when there is something to do.
    from alembic import command
    from alembic.config import Config

    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Two first runs at once: the second waits here and then finds the work done.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        if _revision(connection) == HEAD:
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: sa.Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.execute(
        sa.text("SELECT version_num FROM alembic_version")
    ).scalar()
    if found is not None and found > HEAD:
        raise LedgerError(
            f"the ledger was written by a newer ebill.ops (schema {found}, ours {HEAD}): update it"
        )
    return found


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn the database's errors into LedgerError texts that say what to do."""
    try:
        yield
    except LedgerError:
        raise
    except sa.exc.SQLAlchemyError as error:
        # From None: the text has the cause in it, and Ansible prints a chain's texts one by one.
        raise LedgerError(_explain(error, name)) from None


def _explain(error: sa.exc.SQLAlchemyError, name: str) -> str:
    cause = str(error.orig) if isinstance(error, sa.exc.DBAPIError) else str(error)
    cause = cause.splitlines()[0] if cause else type(error).__name__
    hints = {
        "locked": f"another process has held it for over {BUSY_SECONDS} s; end it and run again",
        "disk is full": "the disk is full; nothing written before is lost; make room and run again",
        "disk I/O error": "the disk refused; check room and health, then run again",
        "malformed": "the file is damaged; move it and its -wal file away, or restore a backup",
        "not a database": "this file is not a ledger; move it away or name another with"
        " EBILL_LEDGER_URL",
        "readonly": "the file or its folder cannot be written; check owner and rights",
        "unable to open": "the file cannot be opened; check that its folder exists and is yours",
    }
    advice = next((text for sign, text in hints.items() if sign in cause), "see the cause")
    return f"ledger {name}: {cause}: {advice}"
