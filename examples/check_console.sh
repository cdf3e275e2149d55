#!/usr/bin/env bash
# Runs the commands of README's blocks that are fenced as `console`, one after the other, in an empty folder that has
# examples/ in it, and compares what they print, on stdout and stderr, with what the blocks say.
# usage: check_console.sh README DIR_OF_REVENANT EMPTY_DIR
set -euo pipefail

readme=$(realpath "$1")
PATH=$(realpath "$2"):$PATH
rm -rf "$3"
mkdir -p "$3"
cd "$3"
ln -s "$(dirname "$readme")/examples" examples
unset REVENANT_STORE REVENANT_KEY REVENANT_NOW
export LC_ALL=C.UTF-8 NO_COLOR=1

awk '/^```console$/ { inside = 1; next } inside && /^```$/ { inside = 0 } inside' "$readme" >expected
# One shell runs them all, so that an `export` lasts.
awk '/^\$ / { command = substr($0, 3); quoted = $0; gsub("\047", "\047\\\047\047", quoted)
              printf "printf \047%%s\\n\047 \047%s\047\n%s\n", quoted, command }' expected >commands
bash commands >printed 2>&1 || true
[[ -s commands ]] || { echo "README.md has no console block" >&2; exit 1; }
diff --unified --label "README.md says" --label "the command prints" expected printed
