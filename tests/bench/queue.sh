#!/bin/sh
# NAME         queue.sh - queue list and queue show over a store of 100,000 findings, beside plain SQL on the same file
# SYNOPSIS     tests/bench/queue.sh [BUILD_DIRECTORY]
# ENVIRONMENT  SPAN_BENCH_RUNS      runs of each measurement, of which the median counts (15)
#              SPAN_BENCH_FINDINGS  findings in the store (100000)
#              SPAN_WATCHER         the program to measure (the one in BUILD_DIRECTORY, default build/release)
# DIAGNOSTICS  Nothing is asserted; ends with 3 if nothing could be set up. Milliseconds of wall time, the start of the process included.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=${1:-$root/build/release}
runs=${SPAN_BENCH_RUNS:-15}
findings=${SPAN_BENCH_FINDINGS:-100000}
watcher=${SPAN_WATCHER:-$build/collector/cli/span-watcher}

die() { echo "queue.sh: $*" >&2; exit 3; }
[ -x "$watcher" ] || die "no span-watcher in $build: build it, or set SPAN_WATCHER"
command -v sqlite3 > /dev/null || die 'no sqlite3: apt-get install sqlite3'

dir=$(mktemp -d) || die 'cannot make a temporary directory'
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
db=$dir/store.db
(cd "$root" && ${CXX:-c++} -std=c++20 -O2 -I. -o "$dir/bench_time" tests/bench/bench_time.cpp) || die 'cannot compile bench_time'

# A store as replay makes one, then findings like those of a scan of everything: one host is in all of them.
fill() {
    "$watcher" --db "$db" replay --no-progress --policy "$root/rules/profiles/mail-enclave.toml" "$root/tests/captures/enclave-day.pcap" \
        > /dev/null 2>&1 || [ $? -eq 1 ] || die 'replay --db failed'
    sqlite3 "$db" "
        PRAGMA foreign_keys = OFF;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $findings)
        INSERT INTO finding (key, shape, severity, black, folded, reasons, sentence, why, detail, direction, initiator, responder, proto, port,
                             nearest, count, octets, first, last, samples, policy_sha256)
        SELECT CAST(printf('%016d', i) AS BLOB), '{}', i % 3, 0, 0, '[\"no-rule\"]',
               printf('198.18.%d.%d tried to open tcp to 192.0.2.25 (mail) port %d: no rule allows it; nearest is smtp-in, but dst port is not 25.',
                      i / 256 % 256, i % 256, i % 65536),
               '[\"dst port is not 25\"]', 'SYN', 'inbound',
               CAST(x'04c612' || char(i / 256 % 128, i % 128) || x'000000000000000000000000' AS BLOB), x'04c0000219000000000000000000000000',
               'tcp', i % 65536, 'smtp-in', i % 1000 + 1, 60, 1795132800000000000 + i * 1000000, 1795132800000000000 + i * 2000000, 0,
               (SELECT sha256 FROM policy LIMIT 1) FROM n;
        PRAGMA wal_checkpoint(TRUNCATE);" > /dev/null || die 'cannot fill the store'
}

# median COMMAND...: of the wall time, milliseconds
median() {
    run=0
    while [ "$run" -lt "$runs" ]; do
        run=$((run + 1))
        "$dir/bench_time" "$@"
    done | awk '{print $2 / 1000}' | sort -n | awk '{v[NR] = $1} END {printf "%.1f", v[int((NR + 1) / 2)]}'
}

columns='id, state, severity, count, last, sentence'
waiting="state IN ('open', 'taken', 'escalated')"
page="SELECT $columns FROM finding WHERE $waiting ORDER BY severity DESC, first DESC, id LIMIT 50"
one='SELECT * FROM finding WHERE id = 10; SELECT * FROM finding_count WHERE finding = 10; SELECT * FROM review WHERE finding = 10;
  SELECT hex(octets) FROM sample WHERE finding = 10 LIMIT 16'
filtered="SELECT $columns FROM finding WHERE port = 465 AND $waiting ORDER BY severity DESC, first DESC, id LIMIT 50"

fill
echo "$(sqlite3 "$db" 'SELECT count(*) FROM finding') findings, $(($(wc -c < "$db") / 1048576)) MiB; median of $runs runs, ms of wall time"
echo
echo '| | span-watcher | sqlite3, plain SQL |'
echo '|---|---|---|'
echo "| queue list, first page | $(median "$watcher" --db "$db" queue list) | $(median sqlite3 "$db" "$page") |"
echo "| queue list --port 465 | $(median "$watcher" --db "$db" queue list --port 465) | $(median sqlite3 "$db" "$filtered") |"
echo "| queue list --text 'port 465' | $(median "$watcher" --db "$db" queue list --text 'port 465') | - |"
echo "| queue show 10 | $(median "$watcher" --db "$db" queue show 10) | $(median sqlite3 "$db" "$one") |"
echo "| the program's start: --version | $(median "$watcher" --version) | $(median sqlite3 :memory: 'SELECT 1') |"
