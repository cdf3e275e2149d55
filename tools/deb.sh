#!/usr/bin/env bash
# Builds the Debian packages of this tree for the Debian that it runs on: build-deb/*.deb (the library, -dev, the
# command, the package for Python).
# usage: tools/deb.sh
set -euo pipefail
cd "$(dirname "$0")/.."
tools/packages.sh --python
cmake -G Ninja -S . -B build-deb -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DREVENANT_BUILD_TESTS=OFF \
  -DREVENANT_WITH_PYTHON=ON -DPython3_EXECUTABLE=/usr/bin/python3
cmake --build build-deb
cd build-deb
rm -f ./*.deb
cpack -G DEB
