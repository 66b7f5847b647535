// Copyright: (c) 2026, ebill.ops contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
// The scenario by node's oracledb in thin mode: orders as JSON on stdin, results on stdout.
// The first argument is the package's name. Moments are read as UTC (TZ is set by the caller).
"use strict";
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const oracledb = require(process.argv[2]);

const order = JSON.parse(readFileSync(0, "utf8"));

function shown(value) {
  if (value === null || value === undefined) return null;
  if (oracledb.IntervalDS && value instanceof oracledb.IntervalDS) {
    const seconds = ((value.days * 24 + value.hours) * 60 + value.minutes) * 60 + value.seconds;
    return `i:${seconds.toFixed(1)}`;
  }
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return "t:" + value.toISOString().slice(0, -1);
  if (Buffer.isBuffer(value)) return "0x" + value.toString("hex");
  return value;
}

async function table(rows) {
  const out = [];
  for (const row of rows) {
    const line = [];
    for (const value of row) {
      line.push(shown(value instanceof oracledb.Lob ? await value.getData() : value));
    }
    out.push(line);
  }
  return out;
}

async function digest(rows) {
  const text = JSON.stringify(await table(rows));
  return [rows.length, createHash("sha256").update(text, "utf8").digest("hex")];
}

function unpacked(bind) {
  if (bind === null) return null;
  const [kind, value] = Object.entries(bind)[0];
  switch (kind) {
    case "n": return Number(value);
    case "x": return "x".repeat(value);
    case "d": return new Date(value + "Z");
    case "b": return Buffer.from(value, "hex");
    default: return value;
  }
}

// NUMBERs as text, so that none loses digits.
let lobsAsValues = false;
function fetchTypeHandler(column) {
  if (column.dbType === oracledb.DB_TYPE_NUMBER) return { type: oracledb.STRING, converter: plain };
  if (!lobsAsValues) return undefined;
  if (column.dbType === oracledb.DB_TYPE_CLOB) return { type: oracledb.STRING };
  return column.dbType === oracledb.DB_TYPE_BLOB ? { type: oracledb.BUFFER } : undefined;
}

function plain(text) {
  return text === null ? null : text.replace(/^(-?)\./, "$10.");
}

async function open(step) {
  const port = order.ports[step.server ?? "main"];
  const part = step.sid ? `SID=${step.sid}` : `SERVICE_NAME=${step.service ?? "EBILLDB"}`;
  const sdu = step.sdu ? `(SDU=${step.sdu})` : "";
  const protocol = step.tls ? "TCPS" : "TCP";
  const security = step.tls ? "(SECURITY=(SSL_SERVER_DN_MATCH=OFF))" : "";
  const options = {
    user: step.user ?? "tester",
    password: step.password ?? "p",
    connectString:
      `(DESCRIPTION=${sdu}(ADDRESS=(PROTOCOL=${protocol})(HOST=127.0.0.1)(PORT=${port}))` +
      `(CONNECT_DATA=(${part}))${security})`,
  };
  if (step.cache) options.stmtCacheSize = step.cache;
  if (step.tls) options.walletLocation = order.wallet;
  if (step.sysdba) options.privilege = oracledb.SYSDBA;
  return oracledb.getConnection(options);
}

class Client {
  async rows(sql, binds = [], options = {}) {
    const result = await this.connection.execute(sql, binds.map(unpacked), {
      fetchTypeHandler, resultSet: true, ...options,
    });
    const found = await result.resultSet.getRows();
    await result.resultSet.close();
    return found;
  }

  async query(step) { return table(await this.rows(step.sql, step.binds)); }

  async elsewhere(step) {
    const connection = await open(step);
    const result = await connection.execute(step.sql, step.binds.map(unpacked), { fetchTypeHandler });
    await connection.close();
    return table(result.rows);
  }

  async digest(step) { return digest(await this.rows(step.sql, step.binds)); }

  async grid(step) {
    const found = [];
    for (const sdu of step.sdus) {
      const connection = await open({ sdu });
      for (const [fetchArraySize, prefetchRows] of step.shapes) {
        const result = await connection.execute(step.sql, [], {
          fetchTypeHandler, fetchArraySize, prefetchRows, resultSet: true,
        });
        found.push(await digest(await result.resultSet.getRows()));
        await result.resultSet.close();
      }
      await connection.close();
    }
    return found;
  }

  async lobs(step) { return digest(await this.rows(step.sql)); }

  async lob_values(step) {
    lobsAsValues = true;
    const rows = await this.rows(step.sql);
    lobsAsValues = false;
    return rows.length ? digest(rows) : [];
  }

  async temporary_lob(step) {
    const lob = await this.connection.createLob(oracledb.CLOB);
    await new Promise((resolve, reject) => {
      lob.on("finish", resolve);
      lob.on("error", reject);
      lob.write(step.text);
      lob.end(step.text);
    });
    const result = await this.connection.execute(step.sql, [lob, 1], { fetchTypeHandler });
    const rows = await table(result.rows);
    lob.destroy();
    await this.connection.ping();
    return rows;
  }

  async errors(step) {
    const found = [];
    for (const sql of step.sql) {
      try {
        await this.rows(sql);
      } catch (error) {
        found.push([error.errorNum, error.offset]);
      }
    }
    return [...found, await table(await this.rows(step.then, [{ n: "1" }]))];
  }

  async changes(step) {
    const connection = this.connection;
    const select = async () => table(await this.rows(step.select));
    const open_ = () => Boolean(connection.transactionInProgress);
    const said = [(await connection.execute(step.insert, [1])).rowsAffected, open_()];
    said.push((await connection.executeMany(step.insert, [[2], [3], [4]])).rowsAffected);
    said.push(await select());
    await connection.rollback();
    said.push(open_(), await select());
    const last = await connection.execute(step.insert, [9], { autoCommit: true });
    said.push(last.rowsAffected, open_());
    await connection.rollback();
    said.push(await select());
    return said;
  }

  async out(step) {
    const found = [];
    for (const number of [21, 5]) {
      const result = await this.connection.execute(step.sql, [
        { dir: oracledb.BIND_OUT, type: oracledb.STRING },
        { dir: oracledb.BIND_OUT, type: oracledb.NUMBER },
        number,
      ]);
      found.push(result.outBinds.map(shown));
    }
    return found;
  }

  async ddl(step) {
    await this.connection.execute(step.sql);
    await this.connection.execute(step.sql);
    return "done";
  }

  async told(step) {
    this.connection.module = "ebill.ops";
    this.connection.action = "inspect";
    this.connection.clientId = "run 12";
    this.connection.clientInfo = "巡检";
    return table(await this.rows(step.sql));
  }

  async ping() {
    await this.connection.ping();
    return "alive";
  }

  async cache(step) {
    const connection = await open({ cache: 5 });
    const counts = [];
    for (let turn = 0; turn < 3; turn += 1) {
      for (let number = 0; number < 10; number += 1) {
        const sql = step.sql.replace("{}", number);
        const result = await connection.execute(sql, [], { resultSet: true });
        counts.push((await result.resultSet.getRows(10)).length);
        await result.resultSet.close();
      }
    }
    await connection.close();
    return [Math.min(...counts), counts.length];
  }

  async timeout(step) {
    this.connection.callTimeout = 300;
    let said = "no error";
    try {
      await this.rows(step.sql);
    } catch (error) {
      said = /NJS-123|DPI-1067/.test(error.message) ? "timeout" : error.message;
    }
    this.connection.callTimeout = 0;
    return [said, await table(await this.rows(step.then, [{ n: "1" }]))];
  }

  async sessions(step) {
    const opened = [];
    for (let number = 0; number < step.count; number += 1) opened.push(await open({}));
    for (const connection of opened) {
      await connection.ping();
      await connection.close();
    }
    return opened.length;
  }

  async pool(step) {
    const pool = await oracledb.createPool({
      user: "tester",
      password: "p",
      connectString: `127.0.0.1:${order.ports.main}/EBILLDB`,
      poolMin: 1,
      poolMax: 3,
    });
    const found = [];
    for (let number = 1; number < 7; number += 1) {
      const connection = await pool.getConnection();
      const result = await connection.execute(step.sql, [number]);
      found.push(...(await table(result.rows)));
      await connection.close();
    }
    await pool.close(0);
    return found;
  }

  async connect(step) {
    try {
      const connection = await open(step);
      await connection.ping();
      await connection.close();
    } catch (error) {
      return error.message.split(/\s+/).join(" ");
    }
    return "connected";
  }
}

async function main() {
  const client = new Client();
  client.connection = await open({});
  const results = {};
  for (const step of order.steps) {
    try {
      results[step.name] = await client[step.do](step);
    } catch (error) {
      results[step.name] = `${error.name}: ${error.message}`;
    }
  }
  await client.connection.close();
  console.log(JSON.stringify({ driver: oracledb.versionString, results }));
}

main();
