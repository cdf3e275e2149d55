#!/usr/bin/env python3
"""Connected components by scipy of the edges that giant_graph wrote. usage: giant_graph.py DIR"""
import sys, time
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

for when in ("before", "after"):
    with open(f"{sys.argv[1]}/edges-{when}.txt", encoding="ascii") as f:
        sellers = int(f.readline())
        edges = np.loadtxt(f, dtype=np.int64).reshape(-1, 2)
    start = time.perf_counter()
    graph = coo_matrix((np.ones(len(edges), dtype=np.int8), (edges[:, 0], edges[:, 1])), shape=(sellers, sellers))
    count, label = connected_components(graph, directed=False)
    sizes = np.bincount(label)
    print(f"{when}: clusters {count} linked {(sizes > 1).sum()} largest {sizes.max()} ({time.perf_counter() - start:.2f} s)")
