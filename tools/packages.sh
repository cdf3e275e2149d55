#!/usr/bin/env bash
# Installs what building Revenant needs on Debian 12 or later; does nothing where it is all there.
# usage: tools/packages.sh [--tests | --python | --browser]
#   --tests     what tests, benchmarks, examples and tools/lint.sh need, too
#   --python    what the package for Python and the Debian packages need, too
#   --browser   what the slow test report_browser needs, too: a browser, and in build/node what drives it
set -euo pipefail

packages=(
  g++ cmake ninja-build pkgconf
  libboost-dev libcli11-dev libfmt-dev libicu-dev librocksdb-dev libsodium-dev libssl-dev
  libtomlplusplus-dev libxxhash-dev libzstd-dev nlohmann-json3-dev zlib1g-dev
)
if [[ ${1-} == --tests ]]; then
  packages+=(doctest-dev libbenchmark-dev libcpp-httplib-dev clang-19 clang-format-19 clang-tidy-19
    mandoc openssl python3-jsonschema zsh)
fi
if [[ ${1-} == --python ]]; then
  packages+=(pybind11-dev python3-dev dpkg-dev file)
fi
if [[ ${1-} == --browser ]]; then
  for program in chromium nodejs:node npm; do  # PACKAGE:PROGRAM; node.js of another source has an npm of its own
    command -v "${program#*:}" >/dev/null || packages+=("${program%:*}")
  done
  trap 'cd "$(dirname "$0")/.." && npm install --silent --no-save --prefix build/node playwright-core@1 axe-core@4' EXIT
fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "packages.sh: no Debian; make sure that these are installed: ${packages[*]}" >&2
  exit 0
fi
missing=()
for package in "${packages[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  as_root=(sudo)
fi
echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -qq -o Acquire::Retries=3 update </dev/null
"${as_root[@]}" apt-get -qq -o Acquire::Retries=3 install -y --no-install-recommends "${missing[@]}" </dev/null >/dev/null
