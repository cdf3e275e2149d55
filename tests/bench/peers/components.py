"""Connected components of the edges that `speed` left (pairs of 32-bit numbers), by scipy and igraph.
Prints one line of JSON for each library that is installed.

  components.py EDGES.bin
"""

import json
import sys
import time

import numpy


def report(peer, version, edges, find):
    wall, cpu = time.perf_counter(), time.process_time()
    count = find()
    print(json.dumps({
        "peer": peer, "version": version, "threads": 1, "edges": len(edges),
        "components": int(count), "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu}))


def main():
    edges = numpy.fromfile(sys.argv[1], dtype=numpy.uint32).reshape(-1, 2)
    nodes = int(edges.max()) + 1
    try:
        import scipy
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        def by_scipy():
            ones = numpy.ones(len(edges), dtype=numpy.int8)
            graph = coo_matrix((ones, (edges[:, 0], edges[:, 1])), shape=(nodes, nodes)).tocsr()
            return connected_components(graph, directed=False)[0]

        report("scipy", scipy.__version__, edges, by_scipy)
    except ImportError:
        pass
    try:
        import igraph

        report("igraph", igraph.__version__, edges,
               lambda: len(igraph.Graph(n=nodes, edges=edges).connected_components()))
    except ImportError:
        pass


main()
