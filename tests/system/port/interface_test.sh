# interface_test.sh SCRIPT PORT_PEER: the interface that SCRIPT prepares sends nothing; and with its layers left out, one by
# one and both, the same test sees what they kept back. Layers: addresses and protocols, the table, a sensor's confinement, and the
# count of sent frames, which stops nothing and tells of everything. In namespaces of its own, so that nothing outlives it.
set -eu
script=$1
port_peer=$2

skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip 'needs root, for network namespaces'
for tool in ip nft nsenter unshare sysctl; do command -v "$tool" >/dev/null || skip "no $tool"; done
if [ -z "${SPAN_APART:-}" ]; then
    unshare --net --mount true 2>/dev/null || skip 'this system makes no network namespaces'
    SPAN_APART=1 exec unshare --net --mount --fork sh "$0" "$@"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mount -t tmpfs tmpfs /run
mkdir /run/netns
failed=0
expect() { # expect WHAT CONDITION...
    what=$1
    shift
    if [ "$@" ]; then echo "ok   $what ($*)"; else echo "FAIL $what ($*)"; failed=1; fi
}

# Packets that an interface received or sent, in a namespace: /proc/net/dev counts every frame, whoever made it.
counter() { # counter NAMESPACE IF FIELD
    nsenter --net="/run/netns/$1" awk -v line="$2:" -v field="$3" '$1 == line { print $field }' /proc/net/dev
}
received_by_peer() { counter peer peer0 3; }
sent_by_port() { counter span-cap0 cap0 11; }
attempts() { nsenter --net=/run/netns/span-cap0 nft list counter netdev span_watcher tx_attempts | awk '/packets/ { print $2 }'; }
in_peer() { nsenter --net=/run/netns/peer "$@"; }

# A host with a management address, its mirror port, and a peer at the other end of the cable. The port is misconfigured on
# purpose: it has an address.
lay_cable() {
    ip netns add peer
    ip link add cap0 type veth peer name peer0 netns peer
    ip link add mgmt0 type bridge
    ip address add 198.51.100.7/24 dev mgmt0
    ip link set mgmt0 up
    ip address add 192.0.2.30/24 dev cap0
    in_peer sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.peer0.disable_ipv6=1
    in_peer ip link set peer0 arp off multicast off up
}
take_up() {
    nsenter --net=/run/netns/span-cap0 umount /run/span-watcher/sys/cap0 2>/dev/null || true
    rm -rf /run/span-watcher
    for namespace in span-cap0 peer; do ip netns delete "$namespace" 2>/dev/null || true; done
    for interface in cap0 mgmt0; do ip link delete "$interface" 2>/dev/null || true; done
}

without() { # without FUNCTION...: the script, those calls left out
    cp "$script" "$work/script"
    for name in "$@"; do sed -i "/^    $name\$/d" "$work/script"; done
    ! cmp -s "$script" "$work/script" || { echo "FAIL nothing left out: $*"; exit 1; }
}

provoke() { # link-up, stimuli, flaps
    mac=$(nsenter --net=/run/netns/span-cap0 ip -o link show dev cap0 | sed 's|.*link/ether \([^ ]*\) .*|\1|')
    sleep 2
    in_peer "$port_peer" stimuli peer0 "$mac" 192.0.2.30 198.51.100.7 || { echo 'FAIL the stimuli could not be sent'; exit 1; }
    for _ in 1 2 3 4 5; do
        in_peer ip link set peer0 down
        in_peer ip link set peer0 up
    done
    sleep 2
}

# misbehave free|confined|held WAY...: a program beside the sensor tries to send; what came of it in $work/rogue, and how many frames
# came to the peer and were counted as sent in $arrived and $told.
misbehave() {
    arrived=$(received_by_peer)
    told=$(sent_by_port)
    # What a kernel says about groups it says within a second, at random: here at once.
    nsenter --net=/run/netns/span-cap0 sysctl -qw net.ipv4.conf.cap0.igmpv3_unsolicited_report_interval=1
    nsenter --net=/run/netns/span-cap0 "$port_peer" rogue "$@" >"$work/rogue" 2>"$work/rogue-says" || { echo 'FAIL a way could not be tried'; failed=1; }
    arrived=$(($(received_by_peer) - arrived))
    told=$(($(sent_by_port) - told))
}
outcomes() { sed 's/.*: //' "$work/rogue" | sort -u | tr '\n' ' '; }

echo '# all layers'
lay_cable
sh "$script" up cap0
provoke
expect 'frames at the peer' "$(received_by_peer)" -eq 0
expect 'frames sent by the port' "$(sent_by_port)" -eq 0
expect 'frames that the kernel tried to send' "$(attempts)" -eq 0
expect 'frames that reached the port' "$(counter span-cap0 cap0 3)" -ge 11
expect 'counters in its own sysfs' -r /run/span-watcher/sys/cap0/class/net/cap0/statistics/tx_packets
for way in packet bypass udp icmp igmp; do
    misbehave free cap0 $way
    expect "frames of a rogue at the peer, by $way" "$arrived" -eq 0
    expect "frames counted as sent, by $way" "$told" -eq 0
done
expect 'frames of a rogue that were dropped' "$(attempts)" -ge 5
# AF_XDP passes below the table. Nothing but a sensor lives here, and it cannot; what somebody else sends, is counted.
for way in xdp xdp-poll; do
    misbehave free cap0 $way
    expect "frames of a rogue at the peer, by $way" "$arrived" -eq 1
    expect "frames counted as sent, by $way" "$told" -eq 1
done
misbehave confined cap0
expect 'frames of a confined rogue at the peer' "$arrived" -eq 0
expect 'every way is refused' "$(outcomes)" = 'refused '
misbehave held cap0
expect 'frames of a rogue that was given its socket' "$arrived" -eq 0
before=$(received_by_peer)
sh "$script" up cap0
expect 'frames after it is prepared again' "$(received_by_peer)" -eq "$before"
sh "$script" down cap0
expect 'the link is down' -z "$(nsenter --net=/run/netns/span-cap0 ip -o link show up dev cap0)"
take_up

echo '# the table alone'
lay_cable
without make_ipv6_deaf silence_addresses verify_no_address
sh "$work/script" up cap0
provoke
expect 'frames at the peer' "$(received_by_peer)" -eq 0
expect 'frames that the kernel tried to send' "$(attempts)" -ge 1
take_up

echo '# no addresses alone: the kernel is silent, a rogue is not'
lay_cable
without load_drop_table verify_drop_table
sh "$work/script" up cap0
provoke
expect 'frames at the peer' "$(received_by_peer)" -eq 0
for way in packet bypass udp icmp xdp xdp-poll; do
    misbehave free cap0 $way
    expect "frames of a rogue at the peer, by $way" "$arrived" -ge 1
    expect "frames counted as sent, by $way" "$told" -eq "$arrived"
done
take_up

echo '# confinement alone: a process with the powers of a sensor sends nothing'
lay_cable
without make_ipv6_deaf silence_addresses verify_no_address load_drop_table verify_drop_table
sh "$work/script" up cap0
sleep 2
for state in confined held; do
    for way in packet bypass udp icmp igmp xdp xdp-poll; do
        misbehave $state cap0 $way
        expect "frames at the peer, $state, by $way" "$arrived" -eq 0
        expect "it was refused or killed" "$(outcomes)" != 'sent '
    done
done
take_up

echo '# neither: this test can fail'
lay_cable
without make_ipv6_deaf silence_addresses verify_no_address load_drop_table verify_drop_table
sh "$work/script" up cap0
provoke
expect 'frames at the peer' "$(received_by_peer)" -ge 1
for way in packet bypass udp icmp igmp xdp xdp-poll; do
    misbehave free cap0 $way
    expect "frames of a rogue at the peer, by $way" "$arrived" -ge 1
    expect "frames counted as sent, by $way" "$told" -ge "$arrived"
done
take_up

echo '# no table, no link'
lay_cable
sed 's/hook egress/hook nowhere/' "$script" >"$work/script"
status=0
sh "$work/script" up cap0 2>"$work/said" || status=$?
expect 'a table that does not load is the end' "$status" -eq 3
expect 'its reason is said' -n "$(grep 'the link stays down' "$work/said")"
expect 'the link is down' -z "$(nsenter --net=/run/netns/span-cap0 ip -o link show up dev cap0)"
expect 'frames at the peer' "$(received_by_peer)" -eq 0
without load_drop_table
status=0
sh "$work/script" up cap0 2>/dev/null || status=$?
expect 'a table that is not there is found' "$status" -eq 3
take_up

echo '# names'
for name in '' -a 'a b' '../x' abcdefghijklmnop; do
    status=0
    sh "$script" up "$name" 2>/dev/null || status=$?
    expect "no interface is called '$name'" "$status" -eq 3
done
exit "$failed"
