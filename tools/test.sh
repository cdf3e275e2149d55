#!/usr/bin/env bash
# Installs what is missing, builds everything in build/, tests it and reads what changed with clang-tidy. The last lines
# are ctest's summary.
# usage: tools/test.sh [--all]   --all: the slow tests, too, and ten times as many random histories
#
# The random histories are the same on every run, so that a red run speaks of the change; another REVENANT_SEED
# draws others.
set -euo pipefail
cd "$(dirname "$0")/.."

which=(--label-exclude slow)
if [[ ${1-} == --all ]]; then
  which=()
  export REVENANT_SEQUENCES=${REVENANT_SEQUENCES:-10}
fi
export REVENANT_SEED=${REVENANT_SEED:-1}

tools/build.sh
if hash clang-tidy-19 clang-format-19 clang++-19 2>/dev/null; then
  # Not yet a reason to fail: the whole tree was never clean, and a change may touch what was not.
  tools/lint.sh --changed || echo "lint.sh: clang-tidy has findings, see above"
else
  echo "lint.sh is left out: it needs clang-19, clang-format-19 and clang-tidy-19"
fi
echo "Random histories begin at REVENANT_SEED=$REVENANT_SEED"
ctest --test-dir build --output-on-failure --no-tests=error -j "$(nproc)" "${which[@]}"
