# What the tests of real programs share: two hosts in network namespaces of their own, a capture of what they say to each
# other, and what a policy says of it. Each test is run as "sh TEST.sh SPAN_WATCHER" and sources this file first.
set -eu
span_watcher=$1

skip() { echo "skipped: $*"; exit 77; }
need_tools() { for tool; do command -v "$tool" >/dev/null || skip "no $tool"; done; }

[ "$(id -u)" = 0 ] || skip 'needs root, for network namespaces'
need_tools ip nsenter tcpdump unshare
if [ -z "${SPAN_APART:-}" ]; then
    unshare --net --mount true 2>/dev/null || skip 'this system makes no network namespaces'
    SPAN_APART=1 exec unshare --net --mount --fork sh "$0" "$@"
fi

server=192.0.2.25
client=192.0.2.129
work=$(mktemp -d)
chmod 755 "$work"
pids=
failed=0

# Only what this test started, by its id.
stop() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    for pid in $pids; do wait "$pid" 2>/dev/null || true; done
    pids=
}
leave() {
    stop
    rm -rf "$work"
}
trap leave EXIT

mount -t tmpfs tmpfs /run
mkdir /run/netns
ip netns add asks
ip link add serves0 type veth peer name asks0 netns asks
ip address add "$server/24" dev serves0
ip link set lo up
ip link set serves0 up
asks() { nsenter --net=/run/netns/asks "$@"; }
asks ip address add "$client/24" dev asks0
asks ip link set asks0 up
asks ip link set lo up

begin() { # begin PROGRAM...: in the background, until the test ends
    "$@" >>"$work/programs.log" 2>&1 &
    pids="$pids $!"
}
# Until a program listens.
wait_for() { # wait_for tcp|udp PORT
    tries=0
    until ss -ln"$(printf %.1s "$1")" | grep -q "[:.]$2 "; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || { cat "$work/programs.log" >&2; echo "FAIL nobody listens on $1 $2"; exit 1; }
        sleep 0.05
    done
}

# record NAME COMMAND...: what the command's host says meanwhile, into NAME.pcap. Checksums are left to the virtual cable.
record() {
    name=$1
    shift
    : >"$work/tcpdump.log"  # the last one's, which says "listening", too
    # Room for bursts: each frame takes as much of it as the longest that there may be.
    tcpdump -B 65536 -i serves0 -U --immediate-mode -s 66000 -w "$work/$name.pcap" ip 2>"$work/tcpdump.log" &
    recorder=$!
    until grep -q 'listening on' "$work/tcpdump.log"; do kill -0 "$recorder"; sleep 0.05; done
    "$@" >"$work/$name.out" 2>&1 || { cat "$work/$name.out" >&2; echo "FAIL $name: the command itself failed: $*"; failed=1; }
    sleep 0.5
    kill "$recorder"
    wait "$recorder" || true
    grep -q '^0 packets dropped by kernel' "$work/tcpdump.log" || { cat "$work/tcpdump.log" >&2; echo "FAIL $name: the recorder lost packets"; failed=1; }
}

# policy NAME: rules on standard input, into NAME.toml.
policy() {
    { echo 'home = ["192.0.2.0/24"]'; cat; printf '[wire]\nignore = ["bad-checksum"]\n'; } >"$work/$1.toml"
}
# One rule: SPEAKS PORT tcp|udp, and lines of its own on standard input.
rule() {
    printf '[[allow]]\nname = "%s-%s-%s"\nfilter = "%s and src host %s and dst host %s and dst port %s"\nspeaks = "%s"\n' \
        "$1" "$2" "$3" "$3" "$client" "$server" "$2" "$1"
    cat
}

replay() { "$span_watcher" replay --policy "$work/$2.toml" "$work/$1.pcap" >"$work/replay.out" 2>&1; }
frames() { tcpdump -r "$work/$1.pcap" -n --count 2>/dev/null | cut -d' ' -f1; }
clean() { # clean CAPTURE POLICY
    status=0
    replay "$1" "$2" || status=$?
    if [ "$status" = 0 ] && [ "$(frames "$1")" -gt "${3:-4}" ]; then
        echo "ok   $1 is clean under $2 ($(frames "$1") frames)"
    else
        echo "FAIL $1 under $2: exit $status, $(frames "$1") frames"
        cat "$work/replay.out"
        failed=1
    fi
}
found() { # found CAPTURE POLICY REASON
    status=0
    replay "$1" "$2" || status=$?
    if [ "$status" = 1 ] && "$span_watcher" replay --json --policy "$work/$2.toml" "$work/$1.pcap" 2>/dev/null | grep -q "\"$3\""; then
        echo "ok   $1 under $2 is found: $3"
    else
        echo "FAIL $1 under $2: exit $status, no $3"
        cat "$work/replay.out"
        failed=1
    fi
}
