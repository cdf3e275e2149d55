#!/usr/bin/env bash
# Builds by pkg-config: a C++ program, and one in C with librevenant_c and with what librevenant is, a static library or
# a shared one. usage: pkgconfig.sh LIBDIR EXAMPLES WORK WITH_C CXX [FLAG...]
set -euo pipefail
libdir=$1 examples=$2 work=$3 with_c=$4 cxx=$5
flags=("${@:6}")
command -v pkg-config >/dev/null || exit 77
rm -rf "$work"
mkdir -p "$work"
export PKG_CONFIG_PATH=$libdir/pkgconfig LD_LIBRARY_PATH=$libdir

words() { pkg-config --cflags --libs "$1" | xargs -n 1; }
pkg-config --validate revenant

mapfile -t found < <(words revenant)
"$cxx" -std=c++20 "${flags[@]}" "$examples/minimal/main.cc" -o "$work/minimal" "${found[@]}"
[[ $("$work/minimal" "$work/store") == review ]]

[[ $with_c == ON ]] || exit 0
pkg-config --validate revenant_c
run_c() { # PACKAGE
  mapfile -t found < <(words "$1")
  cc -std=c11 -Wall -Wextra -Werror -pedantic "${flags[@]}" "$examples/c_api/main.c" -o "$work/$1" "${found[@]}"
  [[ $("$work/$1" "$work/$1.store") == 'review: '*' bits'$'\n''clear: 0.0 bits' ]]
}
run_c revenant_c
# A static librevenant holds the functions of c.h too; a shared one keeps to C++.
if [[ -e $libdir/librevenant.a ]]; then run_c revenant; fi
