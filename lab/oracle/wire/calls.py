# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of a logged-on session: cursors, execution, fetching, LOBs, transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lab.oracle.seam import Column, Engine, OraError, Result, Transactional
from lab.oracle.wire import requests, responses, values
from lab.oracle.wire.conversation import Conversation
from lab.oracle.wire.lobs import Lobs
from lab.oracle.wire.requests import BindType, Request

T = TypeVar("T")
LOB_KINDS = (values.CLOB, values.BLOB)


@dataclass
class Cursor:
    sql: str
    bind_types: list[BindType]
    defines: list[BindType] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    described: bool = False
    rows: list[Any] = field(default_factory=list)
    sent: int = 0

    @property
    def types(self) -> list[int]:
        return responses.fetch_types(self.columns, self.defines)

    @property
    def waits_for_defines(self) -> bool:
        """LOBs are not sent before the client has said how it wants them."""
        return not self.defines and any(kind in LOB_KINDS for kind in self.types)


class Calls:
    def __init__(self, talk: Conversation, engine: Engine) -> None:
        self.talk = talk
        self.engine = engine
        self.cursors: dict[int, Cursor] = {}
        self.last_cursor = 0
        self.lobs = Lobs()

    def known_binds(self) -> dict[int, list[BindType]]:
        return {number: cursor.bind_types for number, cursor in self.cursors.items()}

    async def answer(self, request: Request) -> tuple[bytes, bool]:
        """The response to a request, and whether it is an error."""
        for number in request.asides.close:
            self.cursors.pop(number, None)
        for number in request.asides.cancel:
            if number in self.cursors:
                self.cursors[number].rows = []
        for locator in request.asides.free:
            self.lobs.free(locator)
        try:
            return await self._dispatch(request), False
        except OraError as problem:
            return self._end(problem, cursor=request.cursor), True

    async def _dispatch(self, request: Request) -> bytes:
        kind = request.function
        if kind in (requests.EXECUTE, requests.REEXECUTE, requests.REEXECUTE_FETCH):
            return await self._execute(request)
        if kind == requests.FETCH:
            return await self._fetch(request)
        if kind == requests.LOB_OPERATION and request.lob:
            return self.lobs.answer(request.lob) + self._end()
        if kind in (requests.COMMIT, requests.ROLLBACK):
            await self._finish(commit=kind == requests.COMMIT)
        elif kind not in (requests.PING, requests.LOGOFF, requests.PIPELINE_END):
            raise OraError(3115, "unsupported network datatype or representation")
        return responses.status(in_transaction=self._in_transaction)

    @property
    def _in_transaction(self) -> bool:
        return isinstance(self.engine, Transactional) and self.engine.in_transaction

    async def _finish(self, *, commit: bool) -> None:
        engine = self.engine
        if isinstance(engine, Transactional):
            await in_thread(engine, engine.commit if commit else engine.rollback)

    def _end(self, problem: OraError | None = None, *, cursor: int = 0, rows: int = 0) -> bytes:
        return responses.error(
            problem,
            self.talk.answer_fields,
            cursor=cursor,
            rows=rows,
            in_transaction=self._in_transaction,
        )

    def _cursor(self, request: Request) -> Cursor:
        if request.sql is None:
            if request.cursor not in self.cursors:
                raise OraError(1001, "invalid cursor")
            cursor = self.cursors[request.cursor]
            if request.function == requests.EXECUTE and request.bind_types:
                cursor.bind_types = request.bind_types
            return cursor
        if request.cursor == 0:
            self.last_cursor = request.cursor = self.last_cursor % 65535 + 1
        cursor = self.cursors[request.cursor] = Cursor(request.sql, request.bind_types)
        return cursor

    async def _execute(self, request: Request) -> bytes:
        faults = self.talk.faults
        cursor = self._cursor(request)
        if faults.kill_on_execute:
            self.talk.cut()
        if faults.hang_in_execute:
            await asyncio.Event().wait()
        if faults.slow_seconds:
            await asyncio.sleep(faults.slow_seconds)
        if request.defines:
            cursor.defines = request.defines
        if not request.options & requests.OPTION_EXECUTE and request.defines:
            return self._batch(request, cursor)
        if request.returning or request.options & requests.OPTION_BATCH_ERRORS:
            raise OraError(3115, "unsupported network datatype or representation")
        return await self._run(request, cursor)

    async def _run(self, request: Request, cursor: Cursor) -> bytes:
        execute = bool(request.options & requests.OPTION_EXECUTE)
        binds = [self._resolved(cursor, row) for row in request.binds] or [[]]
        if execute:
            result = await in_thread(
                self.engine, lambda: _execute_each(self.engine, cursor.sql, binds)
            )
        else:
            result = await in_thread(
                self.engine, lambda: self.engine.describe(cursor.sql, binds[0])
            )
        if execute and request.commit:
            await self._finish(commit=True)
        if not result.is_query:
            outs = result.outs
            said = responses.out_binds(cursor.bind_types, outs, self.lobs) if outs else b""
            return said + self._end(cursor=request.cursor, rows=result.affected)
        columns = list(result.columns)
        cursor.rows, cursor.sent = list(result.rows), 0
        answer = b""
        if not cursor.described or columns != cursor.columns:
            cursor.columns, cursor.described = columns, True
            scale = self.talk.client.universal_scale
            answer = responses.describe(columns, self.talk.answer_fields, universal_scale=scale)
        if not execute or cursor.waits_for_defines:
            return answer + self._end(cursor=request.cursor)
        return answer + self._batch(request, cursor)

    def _resolved(self, cursor: Cursor, row: Sequence[Any]) -> list[Any]:
        """Bind values with LOBs in place of their locators."""
        out = list(row)
        for index, bind in enumerate(cursor.bind_types):
            if bind.kind in LOB_KINDS and out[index] is not None:
                out[index] = self.lobs.find(out[index]).value
        return out

    async def _fetch(self, request: Request) -> bytes:
        if self.talk.faults.kill_on_fetch:
            self.talk.cut()
        if self.talk.faults.hang_in_fetch:
            await asyncio.Event().wait()
        request.options = requests.OPTION_FETCH
        return self._batch(request, self._cursor(request))

    def _batch(self, request: Request, cursor: Cursor) -> bytes:
        """The next rows, if any were asked for, and the ERROR that says whether more may follow."""
        wanted = request.rows if request.options & requests.OPTION_FETCH else 0
        batch = cursor.rows[cursor.sent : cursor.sent + wanted]
        body = b""
        if batch:
            sizes = bool(cursor.defines)
            body = responses.rows(cursor.types, batch, self.lobs, sizes=sizes)
        cursor.sent += len(batch)
        done = wanted and cursor.sent >= len(cursor.rows)
        problem = responses.NO_DATA if done else None
        return body + self._end(problem, cursor=request.cursor, rows=cursor.sent)


def _execute_each(engine: Engine, sql: str, binds: Sequence[Sequence[Any]]) -> Result:
    """Once for each row of binds; what was changed before an error stays changed."""
    results = [engine.execute(sql, row) for row in binds]
    last = results[-1]
    return Result(last.columns, last.rows, sum(one.affected for one in results), last.outs)


async def in_thread(engine: Engine, job: Callable[[], T]) -> T:
    """Run in a thread; when cancelled, stop the engine and wait until it really has ended."""
    future = asyncio.get_running_loop().run_in_executor(None, job)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():
            engine.interrupt()
            await asyncio.wait({future}, timeout=0.05)
        future.exception()  # what the stopped engine says is nobody's business
        raise
