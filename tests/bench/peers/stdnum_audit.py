"""The audit as a script does it: python-stdnum checks and compacts each value of the audited file, a
dict says whether a known seller has it. Prints one line of JSON.

  stdnum_audit.py SELLERS.csv AUDIT.csv [ROWS=100000]

The known sellers are read before the clock starts. ROWS of the audited file are enough: it is slow.
"""

import csv
import itertools
import json
import sys
import time

import stdnum
from stdnum import iban, imei
from stdnum.exceptions import ValidationError


def phone(value):
    digits = "".join(c for c in value if c.isdigit())
    if not value.startswith("+") or not 8 <= len(digits) <= 15:
        raise ValidationError()
    return "+" + digits


def email(value):
    local, _, domain = value.strip().partition("@")
    if not local or "." not in domain:
        raise ValidationError()
    return local + "@" + domain.lower()


CHECKS = {
    "contact.phone": phone,
    "contact.email": email,
    "pay.iban": iban.validate,
    "device.imei": imei.validate,
}


def values(row):
    for kind, check in CHECKS.items():
        try:
            yield kind, check(row[kind])
        except ValidationError:
            pass


def main():
    sellers, audit = sys.argv[1:3]
    limit = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000
    known = {}
    with open(sellers, newline="") as file:
        for row in csv.DictReader(file):
            for kind in CHECKS:  # the file is clean: as written is as compacted
                known[kind, row[kind]] = row["seller"]
    rows = hits = 0
    wall, cpu = time.perf_counter(), time.process_time()
    with open(audit, newline="") as file:
        for row in itertools.islice(csv.DictReader(file), limit):
            rows += 1
            hits += any(value in known for value in values(row))
    print(json.dumps({
        "peer": "stdnum", "version": stdnum.__version__, "threads": 1, "rows": rows, "hits": hits,
        "seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}))


main()
