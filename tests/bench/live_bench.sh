# live_bench.sh BUILD [FRAMES]: span-sensor, then tcpdump -w /dev/null, then nobody, on one end of a veth pair while the other end
# sends as fast as it can. Prints frames a second, frames dropped and CPU of each. Root; namespaces of its own.
set -eu
build=$(cd "$1" && pwd)
frames=${2:-2000000}
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
"${CXX:-c++}" -std=c++20 -O2 -o "$work/live_sender" "$source/tests/bench/live_sender.cpp"

ip netns add "$here-in"
ip netns add "$here-out"
ip link add span0 netns "$here-in" type veth peer name out0 netns "$here-out"
ip -n "$here-in" link set span0 addrgenmode none arp off multicast off up
ip -n "$here-out" link set out0 addrgenmode none arp off multicast off up

# The capture's conversations come round and round: most frames are judged in the flow of the first round.
capture=$source/tests/captures/enclave-day.pcap
send() { ip netns exec "$here-out" "$work/live_sender" out0 "$capture" "$frames"; }
# User and system time of a process so far, in clock ticks.
ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
row() { printf '%-24s %12s %12s %10s %10s\n' "$@"; }
hz=$(getconf CLK_TCK)

# measure NAME PID: send, let it drain, and tell its CPU time.
measure() {
    before=$(ticks "$2")
    set -- "$1" "$2" $(send)
    sleep 1
    cpu=$(awk -v t=$(($(ticks "$2") - before)) -v hz="$hz" 'BEGIN { printf "%.2f s", t / hz }')
    name=$1 sent=$3 rate=$4
}

row 'listening' 'frames' 'sent a second' 'dropped' 'CPU'
mkdir "$work/spool" "$work/alarms"
chown nobody "$work/spool" "$work/alarms"
cp "$source/rules/profiles/mail-enclave.toml" "$work/policy.toml"
chmod 644 "$work/policy.toml"
ip netns exec "$here-in" sh -c 'exec "$@" 2>"$0"' "$work/sensor" "$build/sensor/daemon/span-sensor" --interface span0 \
    --policy "$work/policy.toml" --spool "$work/spool" --alarms "$work/alarms" --user nobody --budget 256 &
sensor=$!
until grep -qs ready "$work/sensor"; do sleep 0.1; done
measure span-sensor $sensor
kill -TERM $sensor
wait $sensor
dropped=$(sed -n 's/.*dropped by the kernel \([0-9]*\).*/\1/p' "$work/sensor" | tail -1)
row "$name" "$sent" "$rate" "$dropped" "$cpu"

ip netns exec "$here-in" tcpdump -Z root -i span0 -s 0 -B 65536 -w /dev/null 2>"$work/tcpdump" &
tcpdump=$!
until grep -qs listening "$work/tcpdump"; do sleep 0.1; done
measure 'tcpdump -w /dev/null' $tcpdump
kill -INT $tcpdump
wait $tcpdump
dropped=$(sed -n 's/^\([0-9]*\) packets dropped by kernel.*/\1/p' "$work/tcpdump")
row "$name" "$sent" "$rate" "$dropped" "$cpu"

set -- $(send)
row 'nobody' "$1" "$2" - -
echo
sed 's/^/  /' "$work/sensor" | tail -1
