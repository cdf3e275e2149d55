#!/usr/bin/env bash
# Format and clang-tidy over our own code, every finding an error. Needs clang-format-19 and clang-tidy-19.
# usage: tools/lint.sh [--format] [BUILD_DIR]   --format: only the format; BUILD_DIR (default: build) must be configured
set -euo pipefail
cd "$(dirname "$0")/.."

only_format=
if [[ ${1-} == --format ]]; then
  only_format=yes
  shift
fi
build=${1:-build}

find include lib tools tests examples -name '*.h' -o -name '*.cc' | sort |
  xargs -P "$(nproc)" -n 16 clang-format-19 --dry-run -Werror
if [[ -z $only_format ]]; then
  find lib tools examples -name '*.cc' | sort |
    xargs -P "$(nproc)" -n 1 clang-tidy-19 --quiet -p "$build"
fi
