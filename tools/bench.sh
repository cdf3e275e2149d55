#!/usr/bin/env bash
# Measures the library at one scale, each figure beside its floor, and its peers over the same files, where they are
# installed; writes tests/bench/results/SCALE.json and every page that shows it. Takes some minutes for each million
# identifiers, and 300 bytes of disk for each beside half a gigabyte; REVENANT_BENCH_DIR says where.
# With `curves`: the cost of each operation against the size of a store, of a component and of a hub, as
# tests/bench/results/curves.md.
# usage: tools/bench.sh [100k|1M|10M|100M] [SEED] [--no-peers]
#        tools/bench.sh curves [SEED] [LARGEST=1000000]
set -euo pipefail
cd "$(dirname "$0")/.."

peers=yes
words=()
for word in "$@"; do
  if [[ $word == --no-peers ]]; then peers=no; else words+=("$word"); fi
done
scale=${words[0]:-100k}
seed=${words[1]:-1}
dir=$(mktemp -d "${REVENANT_BENCH_DIR:-${TMPDIR:-/tmp}}/revenant-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
changed=$(git status --porcelain --untracked-files=no | grep -q . && echo ", changed" || true)
commit="$(git rev-parse --short HEAD)$changed"
day=$(date -u +%F)
machine="$(nproc) x $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), load $(cut -d' ' -f1 /proc/loadavg)"

if [[ $scale == curves ]]; then
  tools/build.sh cost_curves
  mkdir "$dir/run"
  page=tests/bench/results/curves.md
  {
    printf '# Cost of operations\n\nMedians in microseconds; `tools/bench.sh curves %s`, commit %s, %s, %s.\n\n' \
      "$seed" "$commit" "$day" "$machine"
    build/tests/bench/cost_curves "$dir/run" "${words[2]:-1000000}" "$seed"
  } >"$dir/page"
  mv "$dir/page" "$page"
  cat "$page"
  exit
fi
case $scale in
  100k) identifiers=100000 ;;
  1M) identifiers=1000000 ;;
  10M) identifiers=10000000 ;;
  100M) identifiers=100000000 ;;
  *)
    echo "bench.sh: $scale: one of 100k, 1M, 10M, 100M, curves" >&2
    exit 2
    ;;
esac
python=$(command -v /usr/bin/python3 || command -v python3) # Debian's, which has Debian's packages

tools/build.sh speed
facts=(
  "command=\`tools/bench.sh $scale $seed\`"
  "commit=$commit"
  "day=$day"
  "machine=$machine"
  "compiler=$(c++ --version | head -1)"
)
build/tests/bench/speed "$dir/run" "$identifiers" "$seed" --json "$dir/figures.json" >/dev/null

# One peer: prints its lines of JSON, or says that it was left out.
peer() {
  local name=$1
  shift
  if ! "$@" >>"$dir/peers.jsonl" 2>"$dir/peer.log"; then
    echo "bench.sh: $name is left out: $(tail -1 "$dir/peer.log")" >&2
  fi
}
touch "$dir/peers.jsonl"
if [[ $peers == yes ]]; then
  at=tests/bench/peers
  files=("$dir/run/sellers.csv" "$dir/run/audit.csv")
  if npm install --silent --no-audit --no-fund --prefix "$dir/npm" @duckdb/node-api >"$dir/peer.log" 2>&1; then
    cp $at/duckdb_audit.mjs "$dir/npm/"
    peer duckdb node "$dir/npm/duckdb_audit.mjs" "${files[@]}" 1 5
    peer duckdb node "$dir/npm/duckdb_audit.mjs" "${files[@]}" 2 5
  else
    echo "bench.sh: duckdb is left out: npm cannot install it" >&2
  fi
  peer stdnum "$python" $at/stdnum_audit.py "${files[@]}"
  peer sqlite "$python" $at/sqlite_audit.py "${files[@]}"
  peer components "$python" $at/components.py "$dir/run/edges.bin"
fi
"$python" tests/bench/page.py keep "$scale" "$dir/figures.json" "$dir/peers.jsonl" "${facts[@]}"
"$python" tests/bench/page.py write
cat "tests/bench/results/$scale.md"
