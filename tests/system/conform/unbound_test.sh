# Name servers (unbound, dnsmasq), and dig and the C library asking them: ordinary questions are clean over UDP and TCP; a
# wrong answer, a zone transfer and a tunnel are found.
. "$(dirname "$0")/programs.sh"
need_tools dig python3 ss getent
command -v unbound >/dev/null || command -v dnsmasq >/dev/null || skip 'neither unbound nor dnsmasq'

. "$(dirname "$0")/servers.sh"
serve_dnsmasq() { # serve_dnsmasq MX
    begin dnsmasq -k -C /dev/null --no-resolv --no-hosts --listen-address="$server" --bind-interfaces --user=root --pid-file= \
        --local=/example/ --host-record=mail.example,192.0.2.25,2001:db8::25 --mx-host=mail.example,"$1",10 \
        '--txt-record=mail.example,v=spf1 mx -all' --txt-record=big.example,"$(printf 'x%.0s' $(seq 200))"
    wait_for udp 53
}

cat >"$work/day.sh" <<SHELL
for type in A AAAA MX TXT SOA NS CNAME SRV CAA; do dig +tries=1 +time=2 @$server mail.example \$type >/dev/null; done
dig +tries=1 +time=2 +dnssec @$server _25._tcp.mail.example TLSA >/dev/null
dig +tries=1 +time=2 +noedns @$server -x 192.0.2.25 >/dev/null
dig +tries=1 +time=2 +nocookie +subnet=192.0.2.0/24 @$server nothing.example A >/dev/null
dig +tries=1 +time=2 +tcp +keepopen @$server mail.example A mail.example MX big.example TXT >/dev/null
dig +tries=1 +time=2 +noedns @$server big.example TXT >/dev/null
dig +tries=1 +time=2 +padding=128 +nsid @$server mAiL.eXaMpLe A >/dev/null
python3 - <<'PYTHON'
import ctypes.util, socket
for name in ("mail.example", "nothing.example"):
    try:
        socket.getaddrinfo(name, 25)
    except socket.gaierror:
        pass
try:
    socket.gethostbyaddr("192.0.2.25")
except OSError:
    pass
PYTHON
getent ahosts mail.example >/dev/null || true
SHELL
# Who asks, asks this server only; of the mount namespace that this test has for itself.
echo "nameserver $server" >"$work/resolv.conf"
mount --bind "$work/resolv.conf" /etc/resolv.conf

pins='
[[dns_pin]]
name = "mail.example"
type = "MX"
values = ["10 mail.example"]
[[dns_pin]]
name = "mail.example"
type = "SPF"
values = ["v=spf1 mx -all"]
'
{ rule dns 53 udp </dev/null; rule dns 53 tcp </dev/null; echo "$pins"; } | policy dns
{ printf 'dns.names_per_hour = 3\n' | rule dns 53 udp; rule dns 53 tcp </dev/null; } | policy frugal

for program in unbound dnsmasq; do
    command -v "$program" >/dev/null || { echo "skipped in part: no $program"; continue; }
    "serve_$program" mail.example
    record "$program" asks sh "$work/day.sh"
    clean "$program" dns
    found "$program" frugal dns-budget
    record "$program-zone" asks sh -c "dig +tries=1 +time=1 @$server example AXFR >/dev/null || true"
    found "$program-zone" dns dns-type
    stop
    "serve_$program" evil.example
    record "$program-lies" asks sh -c "dig +tries=1 +time=2 @$server mail.example MX >/dev/null"
    found "$program-lies" dns dns-pin
    record "$program-tunnel" asks sh -c "dig +tries=1 +time=1 @$server t0123456789abcdef.tunnel.example NULL >/dev/null || true"
    found "$program-tunnel" dns dns-type
    record "$program-names" asks python3 -c "
import os, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(('$server', 53))
for i in range(20):
    labels = [os.urandom(28).hex().encode() for _ in range(3)] + [b'tunnel', b'example']
    s.send(struct.pack('>HHHHHH', i, 0x100, 1, 0, 0, 0) + b''.join(bytes([len(l)]) + l for l in labels) + b'\0' + struct.pack('>HH', 16, 1))
    s.recv(2000)"
    found "$program-names" dns dns-budget
    stop
done
exit "$failed"
