#!/bin/sh
# NAME         store.sh - greylisted packets a second into a store, with durable commits, as markdown
# SYNOPSIS     tests/bench/store.sh [BUILD_DIRECTORY]
# ENVIRONMENT  SPAN_BENCH_DIR      where the stores are made, about 1 GB, on the disk to be measured (a temporary directory)
#              SPAN_BENCH_PACKETS  packets a store (1000000)
# DIAGNOSTICS  Nothing is asserted; ends with 3 if nothing could be set up.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
program=${1:-$root/build/bench}/tests/bench/store_bench

[ -x "$program" ] || { echo "store.sh: no $program: build it with ./dev bench" >&2; exit 3; }
dir=$(mktemp -d -p "${SPAN_BENCH_DIR:-${TMPDIR:-/tmp}}") || exit 3
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
"$program" "$dir" "${SPAN_BENCH_PACKETS:-1000000}"
