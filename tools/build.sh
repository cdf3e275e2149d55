#!/usr/bin/env bash
# Installs what is missing and builds in build/, as a release. A warning is an error; if your compiler warns where ours
# does not, set REVENANT_WERROR=OFF.
# usage: tools/build.sh [--command | TARGET...]   default: everything; --command: build/revenant alone, without the
#                                                 packages that only tests need
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(--tests) tests=ON targets=("${@:-all}")
if [[ ${1-} == --command ]]; then
  packages=() tests=OFF targets=(revenant-cli)
fi
tools/packages.sh "${packages[@]}"
cmake -G Ninja -S . -B build -DCMAKE_BUILD_TYPE=Release -DREVENANT_WERROR="${REVENANT_WERROR:-ON}" \
  -DREVENANT_BUILD_TESTS=$tests
cmake --build build --target "${targets[@]}"
