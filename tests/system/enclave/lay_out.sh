# lay_out.sh: a mail enclave of network namespaces, in the namespaces of whoever calls this (its own /run, its own network).
#
#   outside 203.0.113.9 ---- firewall 192.0.2.1 ---- switch ---- mail 192.0.2.25
#           203.0.113.99             (.129, .130)      |  `----- resolver 192.0.2.53
#                                                      `- mirror ~~~> span0 (here)
#
# The switch copies what goes in and out of mail's port to the mirror. Frames are as on a real wire: no offloads.
set -eu

in_host() { host=$1; shift; nsenter --net="/run/netns/$host" -- "$@"; }

mkdir -p /run/netns
for host in outside firewall switch mail resolver; do
    ip netns add "$host"
    in_host "$host" sysctl -qw net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.dad_transmits=0 \
        net.ipv6.conf.default.mldv2_unsolicited_report_interval=1
    in_host "$host" ip link set lo up
done
in_host switch sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1

# cable HOST IF MAC HOST IF
cable() {
    ip link add "$2" netns "$1" address "$3" type veth peer name "$5" netns "$4"
    for end in "$1 $2" "$4 $5"; do
        set -- $end
        in_host "$1" ethtool -K "$2" tx off rx off tso off gso off gro off >/dev/null
        in_host "$1" ip link set "$2" up
    done
}
cable outside eth0 02:00:00:00:09:09 firewall eth0
cable firewall eth1 02:00:00:00:00:01 switch p1
cable mail eth0 02:00:00:00:00:19 switch p2
cable resolver eth0 02:00:00:00:00:35 switch p3

in_host outside ip address add 203.0.113.9/24 dev eth0
in_host outside ip address add 203.0.113.99/24 dev eth0
in_host outside ip address add 2001:db8:9::9/64 dev eth0
in_host firewall ip address add 203.0.113.1/24 dev eth0
in_host firewall ip address add 2001:db8:9::1/64 dev eth0
in_host firewall ip address add 192.0.2.1/24 dev eth1
in_host firewall ip address add 192.0.2.129/32 dev eth1
in_host firewall ip address add 192.0.2.130/32 dev eth1
in_host firewall ip address add 2001:db8:1::1/64 dev eth1
in_host mail ip address add 192.0.2.25/24 dev eth0
in_host mail ip address add 2001:db8:1::25/64 dev eth0
in_host resolver ip address add 192.0.2.53/24 dev eth0
in_host firewall sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
in_host outside ip route add default via 203.0.113.1
in_host outside ip -6 route add default via 2001:db8:9::1
for host in mail resolver; do in_host "$host" ip route add default via 192.0.2.1; done
in_host mail ip -6 route add default via 2001:db8:1::1

# The log sink is an address that nobody has.
for end in 'mail eth0' 'firewall eth1'; do
    set -- $end
    in_host "$1" ip neighbour add 192.0.2.67 lladdr 02:00:00:00:00:67 dev "$2" nud permanent
done

# The switch, its table of addresses filled by hand, so that nothing is flooded; and its mirror port.
in_host switch ip link add br0 type bridge mcast_snooping 0
for port in p1 p2 p3; do in_host switch ip link set "$port" master br0; done
in_host switch ip link set br0 up
in_host switch bridge fdb replace 02:00:00:00:00:01 dev p1 master static
in_host switch bridge fdb replace 02:00:00:00:00:19 dev p2 master static
in_host switch bridge fdb replace 02:00:00:00:00:35 dev p3 master static
in_host switch bridge fdb replace 02:00:00:00:00:67 dev p3 master static
ip link add mirror netns switch type veth peer name span0
in_host switch ip link set mirror addrgenmode none arp off multicast off mtu 9000 up
ip link set span0 mtu 9000
in_host switch tc qdisc add dev p2 clsact
# "1,6 0 0 4294967295" is a filter of one instruction that takes every frame; not every kernel has "matchall".
for way in ingress egress; do
    in_host switch tc filter add dev p2 "$way" protocol all bpf bytecode '1,6 0 0 4294967295' action mirred egress mirror dev mirror
done

# What hosts say when they come up is over, and neighbours are known, before anybody watches.
for address in 203.0.113.9 192.0.2.53 2001:db8:9::9; do
    tries=0
    until in_host mail ping -q -c 1 -W 1 "$address" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 20 ] || { echo "mail does not reach $address"; exit 1; }
    done
done
