#!/usr/bin/env python3
"""Draws a cluster: who shares what with whom. Cells, as a notebook has them.

usage: draw_cluster.py [OUT.svg]   (Debian: python3-networkx python3-matplotlib)
"""

import sys

import revenant
from revenant.testing import seller, temporary_registry

try:
    import matplotlib  # type: ignore[import]

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt  # type: ignore[import]
    import networkx as nx  # type: ignore[import]
except ImportError:
    sys.exit(77)  # what it draws with is not there

out = sys.argv[1] if len(sys.argv) > 1 else "cluster.svg"

# %% A small store: three sellers that share accounts and phones, one of them banned.
with temporary_registry() as registry:
    iban, imei, phone = "DE89370400440532013000", "490154203237518", "+49 30 23125104"
    registry.enrol(seller("S-1", **{"pay.iban": iban, "contact.phone": phone}))
    registry.enrol(seller("S-2", **{"pay.iban": iban, "device.imei": imei}))
    registry.enrol(seller("S-3", **{"device.imei": imei, "contact.phone": phone}))
    registry.ban("test:S-1", "counterfeit", case="C-7")

    # %% Who would lead to the ban, in one go.
    found = registry.screen_many(
        {"platform": ["test"] * 2, "seller": ["A-1", "A-2"], "device.imei": [imei, None]}
    )
    print([verdict.decision for verdict in found])

    # %% The largest cluster as a graph of sellers and identifiers.
    cluster = next(registry.clusters())
    shared = registry.graph(cluster["sellers"][0])

# %% Drawn: sellers are round (red ones banned), what they share is square.
names = [one["seller"] for one in shared["sellers"]]
banned = [one["seller"] for one in shared["sellers"] if one["banned"]]
kinds = {i: one["kind"] for i, one in enumerate(shared["identifiers"])}
graph = nx.Graph()
graph.add_nodes_from(names)
graph.add_nodes_from(kinds)
graph.add_edges_from((names[one["seller"]], one["identifier"]) for one in shared["carries"])

places = nx.spring_layout(graph, seed=1)
plt.figure(figsize=(8, 6))
nx.draw_networkx_edges(graph, places, edge_color="#aaa")
nx.draw_networkx_nodes(graph, places, nodelist=names, node_size=900, node_color="#47a")
nx.draw_networkx_nodes(graph, places, nodelist=banned, node_size=900, node_color="#c44")
nx.draw_networkx_nodes(graph, places, nodelist=list(kinds), node_shape="s", node_color="#888")
nx.draw_networkx_labels(graph, places, {name: name for name in names} | kinds, font_size=8)
plt.axis("off")
plt.savefig(out)
print(f"{out}: {len(names)} sellers share {len(kinds)} identifiers")
