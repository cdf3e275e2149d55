#!/usr/bin/env bash
# Installs what is missing, builds everything in build/, tests it. The last lines are ctest's summary.
# usage: tools/test.sh [--all]   --all: the slow tests, too, and ten times as many random histories
#
# The random histories differ from commit to commit (REVENANT_SEED says otherwise) and stay the same within
# one, so that a failure can be repeated.
set -euo pipefail
cd "$(dirname "$0")/.."

which=(--label-exclude slow)
if [[ ${1-} == --all ]]; then
  which=()
  export REVENANT_SEQUENCES=${REVENANT_SEQUENCES:-10}
fi
commit=$(git rev-parse --short=8 HEAD 2>/dev/null || echo 1)
export REVENANT_SEED=${REVENANT_SEED:-$((16#$commit))}

tools/build.sh
echo "Random histories begin at REVENANT_SEED=$REVENANT_SEED"
ctest --test-dir build --output-on-failure --no-tests=error -j "$(nproc)" "${which[@]}"
