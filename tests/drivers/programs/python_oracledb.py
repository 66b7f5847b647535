# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenario by any python-oracledb from 1.4 on: orders as JSON on stdin, results on stdout."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import oracledb

oracledb.defaults.fetch_decimals = True
Step = dict[str, Any]


def shown(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, timedelta):
        return f"i:{value.total_seconds()}"
    if isinstance(value, (int, float, Decimal)):
        return format(Decimal(str(value)).normalize(), "f")
    if isinstance(value, datetime):
        return "t:" + value.isoformat(timespec="milliseconds")
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return shown(value.read()) if isinstance(value, oracledb.LOB) else value


def table(rows: list[Any]) -> list[list[Any]]:
    return [[shown(value) for value in row] for row in rows]


def digest(rows: list[Any]) -> list[Any]:
    text = json.dumps(table(rows), ensure_ascii=False, separators=(",", ":"))
    return [len(rows), hashlib.sha256(text.encode()).hexdigest()]


def unpacked(bind: dict[str, Any] | None) -> Any:
    if bind is None:
        return None
    ((kind, value),) = bind.items()
    if kind == "n":
        return Decimal(value) if "." in value else int(value)
    return {
        "s": lambda: value,
        "x": lambda: "x" * value,
        "d": lambda: datetime.fromisoformat(value),
        "b": lambda: bytes.fromhex(value),
    }[kind]()


class Client:
    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.connection = self.open({})

    def open(self, step: Step) -> Any:
        port = self.order["ports"][step.get("server", "main")]
        part = (
            f"SID={step['sid']}"
            if "sid" in step
            else f"SERVICE_NAME={step.get('service', 'EBILLDB')}"
        )
        sdu = f"(SDU={step['sdu']})" if "sdu" in step else ""
        protocol = "TCPS" if step.get("tls") else "TCP"
        security = "(SECURITY=(SSL_SERVER_DN_MATCH=OFF))" if step.get("tls") else ""
        options: dict[str, Any] = {}
        if step.get("tls"):
            options["wallet_location"] = self.order["wallet"]
        if step.get("sysdba"):
            options["mode"] = oracledb.AUTH_MODE_SYSDBA
        return oracledb.connect(
            user=step.get("user", "tester"),
            password=step.get("password", "p"),
            dsn=f"(DESCRIPTION={sdu}(ADDRESS=(PROTOCOL={protocol})(HOST=127.0.0.1)(PORT={port}))"
            f"(CONNECT_DATA=({part})){security})",
            **options,
        )

    def rows(self, sql: str, binds: Any = ()) -> list[Any]:
        cursor = self.connection.cursor()
        return cursor.execute(sql, [unpacked(bind) for bind in binds]).fetchall()

    def query(self, step: Step) -> Any:
        return table(self.rows(step["sql"], step.get("binds", ())))

    def elsewhere(self, step: Step) -> Any:
        with self.open(step) as connection:
            binds = [unpacked(bind) for bind in step["binds"]]
            return table(connection.cursor().execute(step["sql"], binds).fetchall())

    def digest(self, step: Step) -> Any:
        return digest(self.rows(step["sql"], step.get("binds", ())))

    def grid(self, step: Step) -> Any:
        found = []
        for sdu in step["sdus"]:
            with self.open({"sdu": sdu}) as connection:
                for arraysize, prefetch in step["shapes"]:
                    cursor = connection.cursor()
                    cursor.arraysize, cursor.prefetchrows = arraysize, prefetch
                    found.append(digest(cursor.execute(step["sql"]).fetchall()))
        return found

    def lobs(self, step: Step) -> Any:
        oracledb.defaults.fetch_lobs = True
        return digest(self.rows(step["sql"]))

    def lob_values(self, step: Step) -> Any:
        oracledb.defaults.fetch_lobs = False
        rows = self.rows(step["sql"])
        return digest(rows) if rows else []

    def temporary_lob(self, step: Step) -> Any:
        lob = self.connection.createlob(oracledb.DB_TYPE_CLOB)
        lob.write(step["text"])
        lob.write(step["text"], lob.size() + 1)
        cursor = self.connection.cursor()
        rows = table(cursor.execute(step["sql"], [lob, 1]).fetchall())
        lob.close() if hasattr(lob, "isopen") and lob.isopen() else None
        del lob
        self.connection.ping()
        return rows

    def errors(self, step: Step) -> Any:
        found = []
        for sql in step["sql"]:
            try:
                self.rows(sql)
            except oracledb.DatabaseError as error:
                found.append([error.args[0].code, error.args[0].offset])
        return [*found, table(self.rows(step["then"], [{"n": "1"}]))]

    def changes(self, step: Step) -> Any:
        connection, cursor = self.connection, self.connection.cursor()
        said = []
        cursor.execute(step["insert"], [1])
        said += [cursor.rowcount, getattr(connection, "transaction_in_progress", True)]
        cursor.executemany(step["insert"], [[2], [3], [4]])
        said += [cursor.rowcount, table(self.rows(step["select"]))]
        connection.rollback()
        said += [getattr(connection, "transaction_in_progress", False)]
        said += [table(self.rows(step["select"]))]
        connection.autocommit = True
        cursor.execute(step["insert"], [9])
        connection.autocommit = False
        said += [cursor.rowcount, getattr(connection, "transaction_in_progress", False)]
        connection.rollback()
        return [*said, table(self.rows(step["select"]))]

    def out(self, step: Step) -> Any:
        cursor = self.connection.cursor()
        found = []
        for number in (21, 5):
            text, twice = cursor.var(str), cursor.var(int)
            cursor.execute(step["sql"], [text, twice, number])
            found.append([shown(text.getvalue()), shown(twice.getvalue())])
        return found

    def ddl(self, step: Step) -> Any:
        cursor = self.connection.cursor()
        cursor.execute(step["sql"])
        cursor.execute(step["sql"])
        return "done"

    def told(self, step: Step) -> Any:
        self.connection.module = "ebill.ops"
        self.connection.action = "inspect"
        self.connection.client_identifier = "run 12"
        self.connection.clientinfo = "巡检"
        return table(self.rows(step["sql"]))

    def ping(self, step: Step) -> Any:
        self.connection.ping()
        return "alive"

    def cache(self, step: Step) -> Any:
        self.connection.stmtcachesize = 5
        counts = []
        for _ in range(3):
            for number in range(10):
                cursor = self.connection.cursor()
                counts.append(len(cursor.execute(step["sql"].format(number)).fetchmany(10)))
        return [min(counts), len(counts)]

    def timeout(self, step: Step) -> Any:
        self.connection.call_timeout = 300
        try:
            self.rows(step["sql"])
        except oracledb.DatabaseError as error:
            said = "timeout" if "DPY-4024" in str(error) else str(error)
        self.connection.call_timeout = 0
        return [said, table(self.rows(step["then"], [{"n": "1"}]))]

    def sessions(self, step: Step) -> Any:
        opened = [self.open({}) for _ in range(step["count"])]
        for connection in opened:
            connection.ping()
            connection.close()
        return len(opened)

    def pool(self, step: Step) -> Any:
        port = self.order["ports"]["main"]
        pool = oracledb.create_pool(
            user="tester", password="p", dsn=f"127.0.0.1:{port}/EBILLDB", min=1, max=3
        )
        found = []
        for number in range(1, 7):
            with pool.acquire() as connection:
                cursor = connection.cursor()
                found += table(cursor.execute(step["sql"], [number]).fetchall())
        pool.close()
        return found

    def connect(self, step: Step) -> Any:
        try:
            with self.open(step) as connection:
                connection.ping()
        except (oracledb.Error, OSError) as error:
            return " ".join(str(error).split())
        return "connected"


def main() -> None:
    order = json.load(sys.stdin)
    client = Client(order)
    results = {}
    for step in order["steps"]:
        try:
            results[step["name"]] = getattr(client, step["do"])(step)
        except Exception as error:
            results[step["name"]] = f"{type(error).__name__}: {error}"
    client.connection.close()
    print(json.dumps({"driver": oracledb.__version__, "results": results}))


main()
