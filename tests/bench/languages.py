"""The strangers of `languages DIR` through the package for Python, on one thread and on two, and
through Java if its classes are given. usage: languages.py DIR   (PYTHONPATH: build/python)"""

import csv
import sys
import time

import revenant

folder = sys.argv[1]
names: dict[tuple[str, str], int] = {}
columns: dict[str, list[str | None]] = {"platform": [], "seller": []}
with open(folder + "/applications.csv", newline="") as file:
    for platform, seller, kind, value in list(csv.reader(file))[1:]:
        if (platform, seller) not in names:
            names[platform, seller] = len(names)
            for column in columns.values():
                column.append(None)
            columns["platform"][-1], columns["seller"][-1] = platform, seller
        column = columns.setdefault(kind, [None] * len(names))
        column += [None] * (len(names) - len(column))
        column[-1] = value

with revenant.open(folder + "/store", read_only=True) as registry:
    registry.warm_up()
    for threads in (1, 2):
        taken = []
        for _ in range(15):
            begin = time.process_time()
            found = registry.screen_many(columns, threads=threads)
            taken.append((time.process_time() - begin) / len(found) * 1e6)
        print(f"Python, {threads} threads: {sorted(taken)[len(taken) // 2]:.2f} us of CPU")
