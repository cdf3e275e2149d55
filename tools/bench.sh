#!/usr/bin/env bash
# Measures screening, enrolling and opening at one scale, each beside its floor, and writes the page
# tests/bench/results/SCALE.md. Takes about a minute, and ten at 100M (then 60 GB of disk and 12 GiB of memory).
# usage: tools/bench.sh [100k|1M|10M|100M] [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."

scale=${1:-100k}
seed=${2:-1}
case $scale in
  100k) identifiers=100000 ;;
  1M) identifiers=1000000 ;;
  10M) identifiers=10000000 ;;
  100M) identifiers=100000000 ;;
  *)
    echo "bench.sh: $scale: one of 100k, 1M, 10M, 100M" >&2
    exit 2
    ;;
esac

tools/build.sh speed
dir=$(mktemp -d "${REVENANT_BENCH_DIR:-${TMPDIR:-/tmp}}/revenant-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
page=tests/bench/results/$scale.md
mkdir -p "$(dirname "$page")"
changed=$(git status --porcelain --untracked-files=no | grep -q . && echo ", changed" || true)
{
  echo "# $identifiers identifiers"
  echo
  echo "| | |"
  echo "|---|---|"
  echo "| command | \`tools/bench.sh $scale $seed\` |"
  echo "| commit | $(git rev-parse --short HEAD)$changed |"
  echo "| day | $(date -u +%F) |"
  echo "| machine | $(nproc) x $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), load $(cut -d' ' -f1 /proc/loadavg) |"
  echo "| compiler | $(c++ --version | head -1) |"
  echo "| seed | $seed |"
  echo
  build/tests/bench/speed "$dir/run" "$identifiers" "$seed"
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
