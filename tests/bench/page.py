#!/usr/bin/env python3
"""Turns what tools/bench.sh measured into pages.

  page.py keep SCALE FIGURES.json PEERS.jsonl KEY=VALUE...   results/SCALE.json from one run's pieces
  page.py write                                              every page from results/*.json

Pages: results/SCALE.md for each scale, the tables of results/README.md over all of them, those of
lib/store/SIZING.md and of the front page. A table goes between <!-- begin NAME --> and <!-- end NAME -->.
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
RESULTS = HERE / "results"
README = HERE.parent.parent / "README.md"
SIZING = HERE.parent.parent / "lib" / "store" / "SIZING.md"
SCALES = ["100k", "1M", "10M", "100M"]
BASE = "1M"  # what growth is measured against
GROWING = ("screen.", "enrol.one", "audit.cpu")
# What the front page shows, as far as it was measured.
FRONT = ("screen.stranger", "screen.suspect", "screen.suspect.in_memory", "enrol.one", "bulk.load",
         "audit.cpu", "audit.rows.2", "open.clean", "open.killed", "disk")
# Peers of the audit: how many times faster we must be, per core.
MUST = {"duckdb": ">= 1.0", "stdnum": ">= 40"}


def keep(scale, figures, peers, facts):
    run = {"v": 1, "scale": scale, **dict(fact.split("=", 1) for fact in facts)}
    run |= {key: value for key, value in json.loads(pathlib.Path(figures).read_text()).items()
            if key != "v"}
    lines = pathlib.Path(peers).read_text().splitlines()
    run["peers"] = [json.loads(line) for line in lines if line.strip()]
    (RESULTS / f"{scale}.json").write_text(json.dumps(run, indent=1) + "\n")


def digits(value):
    """Three digits that count."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.1g}"


def spelled(value, unit):
    return f"{digits(value)} {unit}".rstrip()


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def misses(figure, scale):
    """Whether it is not what it must be: "<= 1.5" of its ratio, "<= 45 B" or "<= 2 s at 100M" of itself."""
    told = re.fullmatch(r"(<=|>=) ([\d.]+)(?: ([^ ]+))?(?: at (\w+))?", figure["must"])
    if not told or (told[4] and told[4] != scale):
        return False
    got = round(figure["value"] if told[3] or "ratio" not in figure else figure["ratio"], 2)
    return got > float(told[2]) if told[1] == "<=" else got < float(told[2])


class Run:
    def __init__(self, facts):
        self.facts = facts
        self.figures = {figure["id"]: figure for figure in facts["figures"]}

    def value(self, name):
        return self.figures[name]["value"] if name in self.figures else None

    def cell(self, name):
        figure = self.figures.get(name)
        if figure is None:
            return ""
        text = spelled(figure["value"], figure["unit"])
        if "ratio" in figure:
            text += f" ({figure['ratio']:.2f})"
        return f"**{text}**" if misses(figure, self.facts["scale"]) else text

    def about(self):
        names = ("command", "commit", "day", "machine", "compiler", "seed")
        return table(["", ""], [[name, str(self.facts[name])] for name in names])

    def all_figures(self):
        rows = []
        for figure in self.facts["figures"]:
            floor, ratio = figure.get("floor"), figure.get("ratio")
            rows.append([figure["what"], spelled(figure["value"], figure["unit"]),
                         spelled(floor, figure["unit"]) if floor is not None else "",
                         f"{ratio:.2f}" if ratio is not None else "", figure["must"]])
        return table(["what", "measured", "floor", "ratio", "must"], rows)

    def audit_peers(self):
        ours = self.value("audit.cpu")
        rows = []
        for peer in self.facts.get("peers", []):
            if "rows" not in peer:
                continue
            theirs = peer["cpu_seconds"] / peer["rows"] * 1e6
            wall = peer["rows"] / peer["seconds"] / 1e6
            rows.append([f"{peer['peer']} {peer['version']}", str(peer["threads"]),
                         spelled(wall, "M rows/s"), spelled(theirs, "us"),
                         f"{theirs / ours:.2f}" if ours else "", MUST.get(peer["peer"], "")])
        if ours:
            for threads in ("1", "2"):
                rows.append(["revenant", threads, self.cell("audit.rows." + threads),
                             spelled(ours, "us") if threads == "1" else "", "", ""])
        return table(["audit of clean rows of 4 identifiers by", "threads", "wall clock",
                      "CPU a row", "ours is faster, per core", "must"], rows) if rows else ""

    def component_peers(self):
        """Over the random edges that `speed` joined and left in a file."""
        ours = self.figures.get("join.random.boost")
        rows = []
        if ours:
            rows.append(["revenant", spelled(ours["value"], ours["unit"]), ""])
            rows.append(["boost::disjoint_sets", spelled(ours["floor"], ours["unit"]),
                         f"{ours['ratio']:.2f}"])
        for peer in self.facts.get("peers", []):
            if "edges" in peer:
                theirs = peer["edges"] / peer["seconds"] / 1e6
                rows.append([f"{peer['peer']} {peer['version']}", spelled(theirs, "M edges/s"),
                             f"{ours['value'] / theirs:.2f}" if ours else ""])
        return table(["connected components of random edges by", "edges", "ours is faster"],
                     rows) if rows else ""

    def growth(self, base):
        rows = []
        for name, figure in self.figures.items():
            if not name.startswith(GROWING) or figure["unit"] != "us" or name not in base.figures:
                continue
            before = base.value(name)
            rows.append([figure["what"], spelled(before, "us"), spelled(figure["value"], "us"),
                         f"{figure['value'] / before:.2f}", "<= 1.6"])
        return table(["what", f"at {BASE}", f"at {self.facts['scale']}", "growth", "must"], rows)


def grown(run, base):
    return base and SCALES.index(run.facts["scale"]) > SCALES.index(BASE)


def page(run, base):
    parts = [f"# {run.facts['identifiers']} identifiers\n", run.about(), run.all_figures()]
    if peers := run.audit_peers():
        parts += ["## Peers, over the same files in the same run\n", peers]
    if components := run.component_peers():
        parts.append(components)
    if grown(run, base):
        parts += [f"## Growth since {BASE}\n", run.growth(base)]
    return "\n".join(parts)


def across(runs, names, cell):
    """One row a figure, one column a scale."""
    rows = []
    for name in names:
        if label := next((run.figures[name] for run in runs if name in run.figures), None):
            # The counts in a label are those of one scale.
            what = re.sub(r"\d+ rows of [\d.]+ B, |\b(its|beside) [\d.]+ ", "", label["what"])
            rows.append([what, *[cell(run, name) for run in runs], label["must"]])
    return table(["what", *[run.facts["scale"] for run in runs], "must"], rows)


def rows_of(runs):
    """Bytes of a row of each table, which its line tells beside the bytes of an observation."""
    lines = []
    for name in names_of(runs, lambda n: n.startswith("disk.") and n != "disk.attributes"):
        cells = []
        for run in runs:
            told = re.search(r"(\d+) rows of ([\d.]+) B", run.figures.get(name, {}).get("what", ""))
            cells.append(f"{told[2]} B, {int(told[1]):,} rows" if told else "")
        lines.append([f"`{name.removeprefix('disk.')}`", *cells])
    return table(["table", *[run.facts["scale"] for run in runs]], lines)


def names_of(runs, wanted):
    seen = {}
    for run in runs:
        seen |= dict.fromkeys(name for name in run.figures if name and wanted(name))
    return list(seen)


def put(path, name, text):
    old = path.read_text()
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    before, rest = old.split(begin)
    path.write_text(before + begin + "\n" + text + "\n" + end + rest.split(end)[1])


def write():
    runs = {scale: Run(json.loads((RESULTS / f"{scale}.json").read_text()))
            for scale in SCALES if (RESULTS / f"{scale}.json").exists()}
    base = runs.get(BASE)
    for scale, run in runs.items():
        (RESULTS / f"{scale}.md").write_text(page(run, base))
    many = list(runs.values())
    cell = Run.cell
    put(RESULTS / "README.md", "figures",
        across(many, names_of(many, lambda n: not n.startswith(("disk", "memory"))), cell))
    put(RESULTS / "README.md", "growth",
        "\n".join(run.growth(base) for run in many if grown(run, base)))
    put(RESULTS / "README.md", "peers",
        "\n".join(f"{run.facts['identifiers']} identifiers:\n\n{run.audit_peers()}\n"
                  f"{run.component_peers()}" for run in many if run.facts.get("peers")))
    put(README, "speed", across(many, FRONT, cell))
    sizes = ("disk", "memory", "open")
    put(SIZING, "rows", rows_of(many))
    put(SIZING, "sizes", across(many, names_of(many, lambda n: n.startswith(sizes)), cell))


if sys.argv[1:2] == ["keep"] and len(sys.argv) > 4:
    keep(*sys.argv[2:5], sys.argv[5:])
elif sys.argv[1:] == ["write"]:
    write()
else:
    sys.exit(__doc__)
