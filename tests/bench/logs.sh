#!/bin/sh
# NAME         logs.sh - log lines a second: parsed, matched against templates, against logcheck's rules, and by grep; as markdown
# SYNOPSIS     tests/bench/logs.sh [BUILD_DIRECTORY]
# ENVIRONMENT  SPAN_BENCH_RULES  folder of logcheck rules (/etc/logcheck/ignore.d.server)
#              SPAN_BENCH_LINES  lines through a spool into a store (500000)
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

# End to end: from a log spool to durable rows; processor time a line, lines/s by the clock.
spool=$(dirname "$program")/spool_bench
[ ! -x "$spool" ] || "$spool" "$dir" "$dir/lines" "${SPAN_BENCH_LINES:-500000}"

# syslog-ng reads as many of the same lines from a file and writes them to another: processor time.
command -v syslog-ng >/dev/null || exit 0
awk '{ line[NR] = $0 } END { for (i = 0; i < 500000; i++) print line[i % NR + 1] }' "$dir/lines" >"$dir/many"
cat >"$dir/conf" <<T
@version: 3.35
options { stats-freq(0); log-fifo-size(100000); };
source s { file("$dir/many" flags(no-parse) follow-freq(0.1)); };
destination d { file("$dir/out" template("\$MSG\n")); };
log { source(s); destination(d); flags(flow-control); };
T
syslog-ng -F -f "$dir/conf" -R "$dir/persist" -p "$dir/pid" -c "$dir/ctl" --no-caps 2>"$dir/said" &
daemon=$!
tries=0
until [ "$(wc -l 2>/dev/null <"$dir/out" || echo 0)" -ge 500000 ] || [ "$tries" -ge 240 ]; do sleep 0.5; tries=$((tries + 1)); done
ticks=$(awk '{ print $14 + $15 }' "/proc/$daemon/stat")
kill "$daemon"
wait "$daemon" || true
awk -v ticks="$ticks" -v hz="$(getconf CLK_TCK)" -v lines="$(wc -l <"$dir/out")" 'BEGIN {
    us = ticks / hz * 1e6 / lines; printf "| syslog-ng, file to file, %d lines | %.2f | %.3f |\n", lines, us, 1 / us }'
