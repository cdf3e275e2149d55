#!/usr/bin/env bash
# Format and clang-tidy over our own code, with clang's warnings and its thread safety analysis; every finding is an
# error. Needs clang-format-19, clang-tidy-19 and clang-19, which tools/packages.sh --tests installs. Builds nothing;
# compile commands go to build-lint/.
# usage: tools/lint.sh [--format | --changed [BASE] | FILE.cc...]
#   default     clang-tidy over every file: an hour of CPU time
#   --format    the format alone, in a second
#   --changed   clang-tidy over what changed since BASE, without its static analyzer (most of the time); default: where
#               this branch left origin/main, else the commit before; at most 20 files
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t all < <(find include lib tools tests examples -name '*.h' -o -name '*.cc' | sort)
printf '%s\n' "${all[@]}" | xargs -P "$(nproc)" -n 16 clang-format-19 --dry-run -Werror
[[ ${1-} != --format ]] || exit 0

# The commit to compare with; nothing where the history does not reach back.
base() {
  local left
  if left=$(git merge-base HEAD origin/main 2>/dev/null) && [[ $left != $(git rev-parse HEAD) ]]; then
    echo "$left"
  else
    git rev-parse --verify --quiet HEAD~1 || true
  fi
}

most_changed=20
tidy=(clang-tidy-19 --quiet -p build-lint)
if [[ ${1-} == --changed ]]; then
  base=${2:-$(base)}
  if [[ -z $base ]]; then
    echo "lint.sh: no earlier commit to compare with; nothing but the format was checked"
    exit 0
  fi
  tidy+=(--checks='-clang-analyzer-*')
  # Of a header the source of the same name is checked, and it is checked with that. What only moved stays out.
  mapfile -t files < <(git diff --name-status -M "$base" -- '*.h' '*.cc' | awk '$1 !~ /^(D|R100)/ { print $NF }' |
    sed 's/\.h$/.cc/' | sort -u | while read -r file; do [[ ! -f $file ]] || echo "$file"; done)
  if ((${#files[@]} > most_changed)); then
    echo "lint.sh: ${#files[@]} files changed, of which $most_changed are checked; run tools/lint.sh for all"
    files=("${files[@]:0:most_changed}")
  fi
elif (($# > 0)); then
  files=("$@")
else
  mapfile -t files < <(printf '%s\n' "${all[@]}" | grep '\.cc$')
fi
if ((${#files[@]} == 0)); then
  echo "lint.sh: no source file has changed"
  exit 0
fi

cmake -G Ninja -C tools/cmake/lint.cmake -S . -B build-lint >/dev/null
echo "clang-tidy: ${#files[@]} files"
# It counts what it found in the headers of others and hides it; the counts are of no use.
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 "${tidy[@]}" 2> >(grep -v '^[0-9]* warnings\? generated\.$' >&2)
