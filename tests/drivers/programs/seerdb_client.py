# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenario by seerdb's client as far as it goes: orders as JSON on stdin, results on stdout."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import seerdb

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
    if isinstance(value, (bytes, bytearray)):
        return "0x" + value.hex()
    return shown(value.read()) if hasattr(value, "read") else value


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
        "d": lambda: datetime.fromisoformat(value),
        "b": lambda: bytes.fromhex(value),
    }[kind]()


class Client:
    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.connection = self.open({})

    def open(self, step: Step) -> Any:
        options: dict[str, Any] = {"service_name": step.get("service", "EBILLDB")}
        if "sid" in step:
            options = {"sid": step["sid"], "service_name": None}
        if step.get("sysdba"):
            options["role"] = 1
        return seerdb.connect(
            user=step.get("user", "tester"),
            password=step.get("password", "p"),
            host="127.0.0.1",
            port=self.order["ports"][step.get("server", "main")],
            **options,
        )

    def rows(self, sql: str, binds: Any = ()) -> list[Any]:
        cursor = self.connection.cursor()
        cursor.execute(sql, [unpacked(bind) for bind in binds])
        return list(cursor.fetchall())

    def query(self, step: Step) -> Any:
        return table(self.rows(step["sql"], step.get("binds", ())))

    def elsewhere(self, step: Step) -> Any:
        connection = self.open(step)
        cursor = connection.cursor()
        cursor.execute(step["sql"], [unpacked(bind) for bind in step["binds"]])
        rows = table(cursor.fetchall())
        connection.close()
        return rows

    def digest(self, step: Step) -> Any:
        return digest(self.rows(step["sql"]))

    lobs = digest

    def lob_values(self, step: Step) -> Any:
        rows = self.rows(step["sql"])
        return digest(rows) if rows else []

    def errors(self, step: Step) -> Any:
        found = []
        for sql in step["sql"]:
            try:
                self.rows(sql)
            except seerdb.DatabaseError as error:
                words = str(error)
                found.append([int(words.partition("ORA-")[2][:5]), None])
        return [*found, table(self.rows(step["then"], [{"n": "1"}]))]

    def changes(self, step: Step) -> Any:
        connection, cursor = self.connection, self.connection.cursor()
        cursor.execute(step["insert"], [1])
        said: list[Any] = [cursor.rowcount, True]
        cursor.executemany(step["insert"], [[2], [3], [4]])
        said += [cursor.rowcount, table(self.rows(step["select"]))]
        connection.rollback()
        said += [False, table(self.rows(step["select"]))]
        cursor.execute(step["insert"], [9])
        connection.commit()
        said += [cursor.rowcount, False]
        connection.rollback()
        return [*said, table(self.rows(step["select"]))]

    def out(self, step: Step) -> Any:
        found = []
        for number in (21, 5):
            cursor = self.connection.cursor()
            text, twice = cursor.var(str), cursor.var(int)
            cursor.execute(step["sql"], [text, twice, number])
            found.append([shown(text.getvalue()), shown(twice.getvalue())])
        return found

    def ddl(self, step: Step) -> Any:
        self.connection.cursor().execute(step["sql"])
        return "done"

    def ping(self, step: Step) -> Any:
        self.connection.ping()
        return "alive"

    def cache(self, step: Step) -> Any:
        counts = []
        for _ in range(3):
            for number in range(10):
                cursor = self.connection.cursor()
                cursor.execute(step["sql"].format(number))
                counts.append(len(cursor.fetchmany(10)))
        return [min(counts), len(counts)]

    def timeout(self, step: Step) -> Any:
        self.connection.call_timeout = 300
        try:
            self.rows(step["sql"])
        except seerdb.Error as error:
            said = "timeout" if "1013" in str(error) or "timeout" in str(error) else str(error)
        self.connection.call_timeout = 0
        return [said, table(self.rows(step["then"], [{"n": "1"}]))]

    def pool(self, step: Step) -> Any:
        port = self.order["ports"]["main"]
        pool = seerdb.create_pool(
            user="tester",
            password="p",
            host="127.0.0.1",
            port=port,
            service_name="EBILLDB",
            min=1,
            max=3,
        )
        found = []
        for number in range(1, 7):
            with pool.acquire() as connection:
                cursor = connection.cursor()
                cursor.execute(step["sql"], [number])
                found += table(cursor.fetchall())
        pool.close()
        return found

    def sessions(self, step: Step) -> Any:
        opened = [self.open({}) for _ in range(step["count"])]
        for connection in opened:
            connection.ping()
            connection.close()
        return len(opened)

    def connect(self, step: Step) -> Any:
        try:
            connection = self.open(step)
            connection.ping()
            connection.close()
        except Exception as error:  # it raises plain Exceptions too
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
            client.connection = client.open({})
    client.connection.close()
    print(json.dumps({"driver": seerdb.__name__, "results": results}))


main()
