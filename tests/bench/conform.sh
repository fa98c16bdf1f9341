#!/bin/sh
# NAME         conform.sh - what it costs to read what allowed conversations say: CPU and wall time of a replay of the mail mix whose rules
#              name their protocol, and of one whose rules do not; memory for connections that never get on. As markdown
# SYNOPSIS     tests/bench/conform.sh [BUILD_DIRECTORY]
# ENVIRONMENT  SPAN_BENCH_RUNS     runs of each, of which the median counts (5)
#              SPAN_BENCH_PACKETS  packets of the mail mix (1000000)
#              SPAN_WATCHER        the program to measure (the one in BUILD_DIRECTORY, default build/release)
# DIAGNOSTICS  Ends with 1 if the mail mix is not allowed to its last frame under both policies, with 3 if nothing could be set up.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
watcher=${SPAN_WATCHER:-${1:-$root/build/release}/collector/cli/span-watcher}
runs=${SPAN_BENCH_RUNS:-5}
die() { echo "conform.sh: $*" >&2; exit 3; }
[ -x "$watcher" ] || die "no $watcher: build it, or set SPAN_WATCHER"
dir=$(mktemp -d) || die 'cannot make a temporary directory'
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

(cd "$root" && ${CXX:-c++} -std=c++20 -O2 -I. -o "$dir/bench_captures" tests/bench/bench_captures.cpp tests/bench/dialogue.cpp \
    tests/bench/pcap_file.cpp tests/bench/rule_set.cpp tests/bench/speech.cpp tests/bench/traffic.cpp &&
    ${CXX:-c++} -std=c++20 -O2 -I. -o "$dir/bench_time" tests/bench/bench_time.cpp) || die 'cannot compile'
"$dir/bench_captures" "$dir" "${SPAN_BENCH_PACKETS:-1000000}" >"$dir/captures.md" || die 'cannot write the captures'
rm "$dir/small.pcap" "$dir/flows.pcap" "$dir/attack.pcap"
cat "$dir/mail.pcap" >/dev/null

replay() { "$dir/bench_time" "$watcher" replay --no-progress --policy "$dir/policy-$1.toml" "$dir/$2.pcap"; }
run=0
while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    for policy in 6 speaks; do
        set -- $(replay $policy mail)
        [ "$4" = 0 ] || { echo "conform.sh: the mail mix is not allowed under policy-$policy.toml" >&2; exit 1; }
        echo "$policy $1 $2 $3" >>"$dir/times"
    done
done
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
of() { awk -v policy="$1" -v field="$2" '$1 == policy { print $field }' "$dir/times" | median; }
packets=$(awk -F'|' '$2 ~ /mail/ { print $3 + 0 }' "$dir/captures.md")
echo "| mail mix | CPU ns a packet | wall ns a packet | MiB |"
echo '|---|---:|---:|---:|'
for policy in 6 speaks; do
    awk -v policy="$policy" -v n="$packets" -v cpu="$(of $policy 2)" -v wall="$(of $policy 3)" -v kib="$(of $policy 4)" 'BEGIN {
        printf "| %s | %.0f | %.0f | %.0f |\n", policy == 6 ? "without speaks" : "all of it read", cpu * 1000 / n, wall * 1000 / n, kib / 1024 }'
done
awk -v a="$(of 6 2)" -v b="$(of speaks 2)" -v c="$(of 6 3)" -v d="$(of speaks 3)" 'BEGIN { printf "| ratio | %.2f | %.2f | |\n\n", b / a, d / c }'

echo "| connections whose greeting never ends | MiB without speaks | MiB | not allowed, for want of room |"
echo '|---|---:|---:|---:|'
for n in 100000 200000 400000; do
    without=$(replay 6 half-open-$n | awk '{ print $3 }')
    with=$(replay speaks half-open-$n | awk '{ print $3 }')
    grey=$("$watcher" --json replay --no-progress --policy "$dir/policy-speaks.toml" "$dir/half-open-$n.pcap" |
        sed -n 's/.*"greylisted":\([0-9]*\).*/\1/p' | tail -n 1)
    awk -v n="$n" -v a="$without" -v b="$with" -v g="$grey" 'BEGIN { printf "| %d | %.0f | %.0f | %d |\n", n, a / 1024, b / 1024, g }'
done
