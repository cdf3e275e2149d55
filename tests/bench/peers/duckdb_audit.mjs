// The audit as DuckDB does it: read_csv of the audited file, hash joins of its four raw strings with
// those of the known sellers, and how many rows touch anybody. Prints one line of JSON.
//
//   node duckdb_audit.mjs SELLERS.csv AUDIT.csv THREADS RUNS
//
// The known sellers are read and hashed before the clock starts, which flatters DuckDB: a store is
// open before an audit starts, too, but DuckDB builds its hash tables again in every query.
import { DuckDBInstance } from '@duckdb/node-api';

const [sellers, audit, threads, runs] = process.argv.slice(2);
const columns = ['contact.phone', 'contact.email', 'pay.iban', 'device.imei'];
const instance = await DuckDBInstance.create(':memory:', { threads });
const db = await instance.connect();
const read = (file) => `read_csv('${file}', all_varchar = true, header = true)`;
await db.run(`create table known as select * from ${read(sellers)}`);

// IN makes a hash join that looks for one match only: the fastest of the ways to ask.
const hit = columns.map((c) => `a."${c}" in (select "${c}" from known)`).join(' or ');
const query = `select count(*) n, count(*) filter (where ${hit}) hits from ${read(audit)} a`;

const seconds = [], cpu = [];
let rows, hits;
for (let run = 0; run < Number(runs); ++run) {
  const before = process.cpuUsage(), start = performance.now();
  const result = await (await db.run(query)).getRows();
  seconds.push((performance.now() - start) / 1e3);
  const used = process.cpuUsage(before);
  cpu.push((used.user + used.system) / 1e6);
  [rows, hits] = result[0].map(Number);
}
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const version = (await (await db.run('select version()')).getRows())[0][0];
console.log(JSON.stringify({
  peer: 'duckdb', version, threads: Number(threads), rows, hits,
  seconds: median(seconds), cpu_seconds: median(cpu),
}));
