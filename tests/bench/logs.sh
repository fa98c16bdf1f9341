#!/bin/sh
# NAME         logs.sh - log lines a second: parsed, matched against templates, against logcheck's rules, and by grep; as markdown
# SYNOPSIS     tests/bench/logs.sh [BUILD_DIRECTORY]
# ENVIRONMENT  SPAN_BENCH_RULES  folder of logcheck rules (/etc/logcheck/ignore.d.server)
# DIAGNOSTICS  Nothing is asserted; ends with 3 if nothing could be set up.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
program=${1:-$root/build/bench}/tests/bench/logs_bench
rules=${SPAN_BENCH_RULES:-/etc/logcheck/ignore.d.server}

[ -x "$program" ] || { echo "logs.sh: no $program: build it with ./dev bench" >&2; exit 3; }
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
[ -d "$rules" ] || { echo "logs.sh: no $rules: apt-get install logcheck-database" >&2; exec "$program" "$dir/lines"; }
"$program" "$dir/lines" "$rules"

# What logcheck itself does with the same lines, as its own cron job does it: one grep with all the rules.
cat "$rules"/* | grep -Ev '^[[:space:]]*(#|$)' >"$dir/rules"
count=$(wc -l <"$dir/lines")
export LC_ALL=C
times >"$dir/before"
grep -cvEf "$dir/rules" "$dir/lines" >"$dir/left" || true
times >"$dir/after"
awk -v lines="$count" 'FNR == 2 { s = 0; for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); s += t[1] * 60 + t[2] } if (NR == FNR) before = s; else after = s }
    END { us = (after - before) * 1e6 / lines; printf "| grep -vEf with the same rules, %d lines | %.0f | %.5f |\n", lines, us, 1 / us }' "$dir/before" "$dir/after"
echo "grep leaves $(cat "$dir/left") of $count" >&2
