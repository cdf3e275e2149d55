#!/usr/bin/env bash
# Builds every fuzz target with clang, address and undefined-behaviour checks in build-fuzz/ and runs each for SECONDS
# over its inputs in fixtures/fuzz. A line a target; exit code 1: something was found, and the input lies in
# build-fuzz/found. What a target learnt stays in build-fuzz/corpus. Needs clang-19, libclang-rt-19-dev.
# usage: tools/fuzz.sh [SECONDS [TARGET...]]   default: 60, all
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
build=${REVENANT_FUZZ_BUILD:-build-fuzz}
most_memory_mib=2048  # libFuzzer's own limit; a reader whose caps are wrong runs into it

cmake -G Ninja -C tools/cmake/fuzz.cmake -S . -B "$build" >/dev/null
targets=("$@")
if ((${#targets[@]} == 0)); then
  mapfile -t targets < <(ninja -C "$build" -t targets all | sed -n 's|^tests/fuzz/\([a-z_]*_fuzz\): .*|\1|p' | sort)
fi
ninja -C "$build" "${targets[@]}" >/dev/null

status=0
mkdir -p "$build/found"
for target in "${targets[@]}"; do
  inputs=fixtures/fuzz/${target%_fuzz}
  [[ -d $inputs ]] || inputs=fixtures/fuzz/exchange
  corpus=$build/corpus/$target
  log=$build/$target.log
  mkdir -p "$corpus"
  if ! "$build/tests/fuzz/$target" -max_total_time="$seconds" -rss_limit_mb=$most_memory_mib -timeout=20 -max_len=65536 \
    -artifact_prefix="$build/found/$target-" -print_final_stats=1 "$corpus" "$inputs" >"$log" 2>&1; then
    status=1
  fi
  awk -v target="$target" '
    /stat::number_of_executed_units/ { runs = $2 }
    /stat::peak_rss_mb/ { peak = $2 }
    /cov:/ { coverage = $4 }
    /^SUMMARY:/ { found = $0 }
    END { printf "%-28s %12s runs  %6s edges  %5s MiB  %s\n", target, runs, coverage, peak, found ? found : "nothing found" }
  ' "$log"
done
exit $status
