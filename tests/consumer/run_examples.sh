#!/usr/bin/env bash
# Runs the examples that were built from the installed package. usage: run_examples.sh BUILD REVENANT EXAMPLES
set -euo pipefail
build=$1 revenant=$2 examples=$3
work=$build/tmp/examples
rm -rf "$work"
mkdir -p "$work"

expect() { # WANTED PROGRAM...
  local wanted=$1 got
  shift
  got=$("$@")
  [[ $got == "$wanted" ]] || { printf '%s printed:\n%s\n' "$*" "$got"; exit 1; }
}

expect review "$build/minimal/minimal" "$work/minimal"
if [[ -e $build/c_api ]]; then
  expect $'review: 16.5 bits\nclear: 0.0 bits' "$build/c_api/c_api" "$work/c_api"
fi

if [[ -x $revenant ]]; then
  export REVENANT_STORE=$work/store
  "$revenant" init >/dev/null
  "$revenant" import "$examples/known.csv" >/dev/null
  "$revenant" ban shop-eu:S-1042 --reason counterfeit --case C-7 --at 2026-03-01 >/dev/null
  got=$("$build/batch/batch" "$work/store" "$work/store.key" "$examples/new.csv")
  [[ $got == 'shop-eu:S-2077: block: '* ]] || { printf 'batch printed:\n%s\n' "$got"; exit 1; }
fi
