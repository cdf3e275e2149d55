#!/usr/bin/env bash
# mypy --strict over the package, its tests and its example. usage: types.sh PYTHON SOURCE CACHE
set -euo pipefail
"$1" -c 'import mypy' 2>/dev/null || exit 77
cd "$2"
MYPYPATH=lib/python exec "$1" -m mypy --strict --cache-dir "$3" lib/python/revenant tests/python/revenant_test.py \
  examples/python/draw_cluster.py
