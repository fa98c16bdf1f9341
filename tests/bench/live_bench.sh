# live_bench.sh BUILD [FRAMES]: span-sensor, span-sensor with two capture threads, then tcpdump -w /dev/null, then nobody, on one end of a
# veth pair while the other end sends as fast as it can. Three mixes: the shipped day, about a third of it greylisted; small and large
# frames that are all allowed. Prints frames a second, frames dropped, CPU in all and a frame, and how busy the machine was, as
# markdown. Root; namespaces of its own. SPAN_BENCH_RUNS: runs of each, of which the median by CPU counts (3).
set -eu
build=$(cd "$1" && pwd)
frames=${2:-1000000}
runs=${SPAN_BENCH_RUNS:-3}
source=$(cd "$(dirname "$0")/../.." && pwd)

[ "$(id -u)" = 0 ] || { echo 'skipped: needs root, for network namespaces'; exit 0; }
for tool in ip tcpdump unshare; do
    command -v $tool >/dev/null 2>&1 || { echo "skipped: no $tool"; exit 0; }
done

work=$(mktemp -d)
here=span-bench-$$
trap 'ip netns del "$here-in" 2>/dev/null || true; ip netns del "$here-out" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$work"
compile() { (cd "$source" && tool=$1 && shift && ${CXX:-c++} -std=c++20 -O2 -I. -o "$work/$tool" "$@"); }
compile live_sender tests/bench/live_sender.cpp
compile bench_captures tests/bench/bench_captures.cpp tests/bench/dialogue.cpp tests/bench/pcap_file.cpp tests/bench/rule_set.cpp tests/bench/speech.cpp \
    tests/bench/traffic.cpp

ip netns add "$here-in"
ip netns add "$here-out"
ip link add span0 netns "$here-in" type veth peer name out0 netns "$here-out"
ip -n "$here-in" link set span0 addrgenmode none arp off multicast off up
ip -n "$here-out" link set out0 addrgenmode none arp off multicast off up

mkdir "$work/captures"
"$work/bench_captures" "$work/captures" "$frames" >/dev/null
for name in flows attack; do rm "$work/captures/$name.pcap"; done
cp "$source/tests/captures/enclave-day.pcap" "$work/captures/day.pcap"
cp "$source/rules/profiles/mail-enclave.toml" "$work/day.toml"
for name in small mail; do cp "$work/captures/policy-6.toml" "$work/$name.toml"; done
chmod 644 "$work"/*.toml

# The shipped day comes round and round: most of its frames are judged in the conversations of the first round.
send() { ip netns exec "$here-out" "$work/live_sender" out0 "$work/captures/$1.pcap" "$frames"; }
# User and system time of a process so far, all its threads, in clock ticks.
ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
hz=$(getconf CLK_TCK)

# measure MIX PID: send, let it drain; its CPU time in ns a frame, frames sent a second.
measure() {
    before=$(ticks "$2")
    set -- "$1" "$2" $(send "$1")
    sleep 1
    cpu=$((($(ticks "$2") - before) * 1000000000 / hz / $3)) rate=$4
}

sensor() { # sensor MIX [OPTION...]: "NS_A_FRAME RATE DROPPED NOT_ALLOWED"
    mix=$1
    shift
    rm -rf "$work/spool" "$work/alarms" "$work/said"
    mkdir "$work/spool" "$work/alarms"
    chown nobody "$work/spool" "$work/alarms"
    ip netns exec "$here-in" sh -c 'exec "$@" 2>"$0"' "$work/said" "$build/sensor/daemon/span-sensor" --interface span0 \
        --policy "$work/$mix.toml" --spool "$work/spool" --alarms "$work/alarms" --user nobody --budget 256 "$@" &
    pid=$!
    until grep -qs ready "$work/said"; do sleep 0.1; done
    measure "$mix" $pid
    kill -TERM $pid
    wait $pid
    sed -n "s/.* \([0-9]*\) greylisted, \([0-9]*\) blacklisted.*dropped by the kernel \([0-9]*\).*/$cpu $rate \3 \1 \2/p" "$work/said" | tail -n 1 |
        awk '{ print $1, $2, $3, $4 + $5 }'
}
recorder() { # recorder MIX
    ip netns exec "$here-in" tcpdump -Z root -i span0 -s 0 -B 65536 -w /dev/null 2>"$work/said" &
    pid=$!
    until grep -qs listening "$work/said"; do sleep 0.1; done
    measure "$1" $pid
    kill -INT $pid
    wait $pid
    echo "$cpu $rate $(sed -n 's/^\([0-9]*\) packets dropped by kernel.*/\1/p' "$work/said") -"
}
nobody() { set -- $(send "$1"); echo "- $2 - -"; }

# median COMMAND...: of so many runs, the one in the middle.
median() {
    for _ in $(seq "$runs"); do "$@"; done | sort -n | sed -n "$(((runs + 1) / 2))p"
}
row() { # row MIX NAME COMMAND...
    mix=$1 name=$2
    shift 2
    set -- $(median "$@")
    echo "| $mix | $name | $1 | $2 | $3 | $4 |"
}

echo "load before: $(cut -d' ' -f1-3 /proc/loadavg), $(getconf _NPROCESSORS_ONLN) processors; $frames frames a run, median of $runs"
echo
echo '| mix | listening | CPU ns a frame | frames a second | dropped | not allowed |'
echo '|---|---|---:|---:|---:|---:|'
for m in day small mail; do
    row $m span-sensor sensor $m
    row $m 'span-sensor --threads 2' sensor $m --threads 2
    row $m 'tcpdump -w /dev/null' recorder $m
    row $m nobody nobody $m
done
echo
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
