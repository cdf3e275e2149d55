#!/usr/bin/env bash
# Installs what is missing and builds in build/, as a release. A warning is an error; with another compiler than
# Debian's own, REVENANT_WERROR=OFF lets warnings pass.
# usage: tools/build.sh [TARGET...]   default: everything
set -euo pipefail
cd "$(dirname "$0")/.."

tools/packages.sh
cmake -G Ninja -S . -B build -DCMAKE_BUILD_TYPE=Release -DREVENANT_WERROR="${REVENANT_WERROR:-ON}"
cmake --build build --target "${@:-all}"
