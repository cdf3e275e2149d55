"""The audit in SQLite: the audited file goes into a table of a database in memory and is joined with
the indexed raw strings of the known sellers. Prints one line of JSON.

  sqlite_audit.py SELLERS.csv AUDIT.csv

The known sellers are read and indexed before the clock starts.
"""

import csv
import json
import sqlite3
import sys
import time

COLUMNS = ["contact.phone", "contact.email", "pay.iban", "device.imei"]


def load(db, table, path):
    names = ", ".join(f'"{column}" text' for column in COLUMNS)
    db.execute(f"create table {table} ({names})")
    with open(path, newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        places = [header.index(column) for column in COLUMNS]
        db.executemany(f"insert into {table} values (?, ?, ?, ?)",
                       ([row[place] for place in places] for row in reader))


def main():
    sellers, audit = sys.argv[1:3]
    db = sqlite3.connect(":memory:")
    load(db, "known", sellers)
    for column in COLUMNS:
        db.execute(f'create index "by {column}" on known("{column}")')
    wall, cpu = time.perf_counter(), time.process_time()
    load(db, "audited", audit)
    hit = " or ".join(f'exists (select 1 from known k where k."{c}" = a."{c}")' for c in COLUMNS)
    rows, hits = db.execute(f"select count(*), coalesce(sum({hit}), 0) from audited a").fetchone()
    print(json.dumps({
        "peer": "sqlite", "version": sqlite3.sqlite_version, "threads": 1, "rows": rows,
        "hits": hits, "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu}))


main()
