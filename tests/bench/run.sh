#!/bin/sh
# NAME         run.sh - CPU time, wall time and memory of whole programs over made-up captures, as markdown
# SYNOPSIS     tests/bench/run.sh [BUILD_DIRECTORY]
# ENVIRONMENT  SPAN_BENCH_RUNS     runs of each measurement, of which the median counts (5)
#              SPAN_BENCH_DIR      where captures are kept, about 1.5 GB (a temporary directory, removed at the end)
#              SPAN_BENCH_PACKETS  packets a capture (1000000)
#              SPAN_BENCH_RULES    sizes of the policies (6 60 300 1000)
#              SPAN_BENCH_BEFORE   put before each command that is measured, ours and theirs alike: "chrt --fifo 50" on a busy machine
#              SPAN_WATCHER        the program to measure (the one in BUILD_DIRECTORY, default build/release)
# DIAGNOSTICS  A program that is not there leaves its column empty. Nothing is asserted; ends with 3 if nothing could be set up.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=${1:-$root/build/release}
runs=${SPAN_BENCH_RUNS:-5}
packets=${SPAN_BENCH_PACKETS:-1000000}
before=${SPAN_BENCH_BEFORE:-}
captures='small mail flows attack'
sizes=${SPAN_BENCH_RULES:-6 60 300 1000}

die() { echo "run.sh: $*" >&2; exit 3; }

if [ -n "${SPAN_BENCH_DIR:-}" ]; then
    dir=$SPAN_BENCH_DIR
    mkdir -p "$dir" || die "cannot make $dir"
else
    dir=$(mktemp -d) || die "cannot make a temporary directory"
    trap 'rm -rf "$dir"' EXIT
    trap 'exit 130' INT TERM
fi

# The tools are compiled here, so that a build with sanitizers or without tests can be measured with too.
compile() {
    tool=$1
    shift
    (cd "$root" && ${CXX:-c++} -std=c++20 -O2 -I. -o "$dir/$tool" "$@") || die "cannot compile $tool"
}

set_up() {
    compile bench_captures tests/bench/bench_captures.cpp tests/bench/dialogue.cpp tests/bench/pcap_file.cpp tests/bench/rule_set.cpp \
        tests/bench/speech.cpp tests/bench/traffic.cpp
    compile bench_read tests/bench/bench_read.cpp
    compile bench_time tests/bench/bench_time.cpp
    # Elsewhere threads are not bound to cores this way, and the line is left out.
    [ "$(uname -s)" != Linux ] || compile bench_cores -pthread tests/bench/bench_cores.cpp
    "$dir/bench_captures" "$dir" "$packets" > "$dir/captures.md" || die "cannot write the captures"
    for c in $captures; do cat "$dir/$c.pcap" > "$dir/warm" && rm "$dir/warm"; done
    : > "$dir/times"
    : > "$dir/cores"
    distance=
}

find_watcher() {
    if [ -n "${SPAN_WATCHER:-}" ]; then
        echo "$SPAN_WATCHER"
    elif [ -d "$build" ]; then
        find "$build" -name span-watcher -type f -perm -u+x | head -n 1
    fi
}

# measure CAPTURE RULES TOOL COMMAND...: one line of capture, rules, tool, CPU us, wall us, KiB, exit status, distance of the cores
measure() {
    label="$1 $2 $3"
    shift 3
    # shellcheck disable=SC2086  # a command and its arguments
    echo "$label $($before "$dir/bench_time" "$@") $distance" >> "$dir/times"
}

measure_rules() {
    [ -z "$watcher" ] || measure "$1" "$2" span-watcher "$watcher" replay --no-progress --policy "$dir/policy-$2.toml" "$dir/$1.pcap"
    [ -z "$tcpdump" ] || measure "$1" "$2" tcpdump "$tcpdump" -Z "$(id -un)" -r "$dir/$1.pcap" -w "$dir/not-allowed.pcap" -F "$dir/filter-$2.txt"
}

measure_all() {
    for c in $captures; do
        # shellcheck disable=SC2086
        if [ -x "$dir/bench_cores" ]; then distance=$($before "$dir/bench_cores"); else distance=; fi
        [ -z "$distance" ] || echo "$distance" >> "$dir/cores"
        measure "$c" 0 read "$dir/bench_read" "$dir/$c.pcap"
        [ -z "$argus" ] || measure "$c" 0 argus "$argus" -X -r "$dir/$c.pcap" -w /dev/null
        for n in $sizes; do measure_rules "$c" "$n"; done
    done
    for n in $sizes; do measure_rules empty "$n"; done
    rm -f "$dir/not-allowed.pcap"
}

machine() {
    cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2> /dev/null | head -n 1)
    [ -n "$cpu" ] || cpu=$(sysctl -n hw.model 2> /dev/null || echo unknown)
    echo "$cpu, $(getconf _NPROCESSORS_ONLN) cores, $(uname -sr), $(date -u +%Y-%m-%d); median of $runs runs, interleaved, page cache warm."
    [ -z "$before" ] || echo "Each program, ours and theirs, was started by \`$before\`."
    [ ! -s "$dir/cores" ] || sort -n "$dir/cores" | awk '{ v[NR] = $1 } END { printf "From one core to the other and back: %s ns (%s to %s).\n", v[int((NR + 1) / 2)], v[1], v[NR] }'
    [ -z "$watcher" ] || "$watcher" --version 2> /dev/null | head -n 1 || true
    [ -z "$tcpdump" ] || "$tcpdump" --version 2>&1 | head -n 2 | paste -sd ' ' -
}

set_up
watcher=$(find_watcher)
tcpdump=$(command -v tcpdump || true)
argus=$(command -v argus || true)
[ -n "$watcher" ] || echo "run.sh: no span-watcher in $build: build it, or set SPAN_WATCHER" >&2

run=0
while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    [ ! -t 2 ] || printf 'run %s of %s\r' "$run" "$runs" >&2
    measure_all
done

machine
echo
cat "$dir/captures.md"
awk -v packets="$packets" -v captures="$captures" -v sizes="$sizes" -f "$root/tests/bench/report.awk" "$dir/times"
