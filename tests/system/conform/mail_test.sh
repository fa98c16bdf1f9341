# mail_test.sh SPAN_WATCHER [PROGRAMS]: real mail programs talk through two network namespaces of their own, and what was
# captured between them is judged: an honest session is without a finding, whatever program and whatever extension; smuggling,
# injection behind STARTTLS, logins in clear and other protocols are found, each by its reason.
# PROGRAMS: where packages were unpacked without being installed (./dev test does it); SPAN_CONFORM_ROUNDS: ordinary days, one by default.
set -eu
watcher=$1
programs=${2:-}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip 'needs root, for network namespaces'
for tool in ip nsenter unshare ethtool socat tcpdump swaks curl openssl perl useradd; do command -v "$tool" >/dev/null || skip "no $tool"; done
exim=$programs/usr/sbin/exim4
[ -x "$exim" ] || exim=$(command -v exim4) || skip 'no exim4: ./dev test unpacks one'
if [ -z "${SPAN_APART:-}" ]; then
    unshare --net --mount true 2>/dev/null || skip 'this system makes no network namespaces'
    SPAN_APART=1 exec unshare --net --mount --pid --fork --kill-child --mount-proc sh "$0" "$@"
fi

work=$(mktemp -d)
. "$here/servers.sh"
trap 'rm -rf "$work"' EXIT
failed=0

# A world of two hosts: outside 203.0.113.9, mail 192.0.2.25. Frames are as on a real wire: no offloads.
in_host() { host=$1; shift; nsenter --net="/run/netns/$host" -- "$@"; }
lay_cable() {
    mount -t tmpfs tmpfs /run
    mkdir -p /run/netns
    for host in outside mail; do ip netns add "$host"; in_host "$host" ip link set lo up; done
    ip link add eth0 netns outside type veth peer name eth0 netns mail
    for host in outside mail; do
        in_host "$host" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
        in_host "$host" ethtool -K eth0 tx off rx off tso off gso off gro off >/dev/null
    done
    in_host outside ip address add 203.0.113.9/32 dev eth0
    in_host mail ip address add 192.0.2.25/32 dev eth0
    for host in outside mail; do in_host "$host" ip link set eth0 up; done
    in_host outside ip route add 192.0.2.25/32 dev eth0
    in_host mail ip route add 203.0.113.9/32 dev eth0
}

start_servers() {
    exim_files
    # A server that takes its time to greet.
    in_host mail socat TCP-LISTEN:2525,reuseaddr,fork SYSTEM:"sleep 1; printf '220 mail.example ESMTP\\\\r\\\\n'; cat" 2>/dev/null &
    in_host mail "$exim" -C /run/exim/exim_server.conf -bdf >/run/exim/said 2>&1 &
    for version in tls1_2 tls1_3; do
        port=$([ $version = tls1_2 ] && echo 443 || echo 8443)
        in_host mail openssl s_server -quiet -www -$version -accept $port -cert /run/exim/cert.pem -key /run/exim/key.pem >/dev/null 2>&1 &
    done
    tries=0
    until [ "$(in_host mail ss -Hltn 'sport = :25 or sport = :465 or sport = :443 or sport = :8443 or sport = :2525' | wc -l)" -ge 5 ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { cat /run/exim/said; echo 'FAIL servers do not listen'; exit 1; }
        sleep 0.1
    done
}

# captured NAME COMMAND...: what passes meanwhile, in $work/NAME.pcap
captured() {
    name=$1
    shift
    # Not by in_host: a function in the background is a shell of its own, and that would get the signal.
    : >"$work/tcpdump"  # the last one's, which says "listening", too
    nsenter --net=/run/netns/mail -- tcpdump -q -Z root -U --immediate-mode -B 8192 -s 0 -i eth0 -w "$work/$name.pcap" tcp 2>"$work/tcpdump" &
    capture=$!
    until grep -q 'listening on' "$work/tcpdump"; do sleep 0.05; done
    "$@" >"$work/said" 2>&1 || true
    # The last segments are on their way while programs have ended already: wait until nobody is talking.
    tries=0
    while [ -n "$(in_host mail ss -Htn state established state fin-wait-1 state last-ack state close-wait)" ] && [ $tries -lt 50 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    # What was captured is in the file once that has stopped growing.
    size=-1
    until [ "$(wc -c <"$work/$name.pcap")" = "$size" ] && [ "$size" -gt 24 ] || [ $tries -gt 100 ]; do
        size=$(wc -c <"$work/$name.pcap")
        tries=$((tries + 1))
        sleep 0.2
    done
    kill -INT $capture
    wait $capture 2>/dev/null || true
}

# judged NAME: exit status of the replay in $status, its report in $work/report
judged() {
    status=0
    "$watcher" --json replay --no-progress --packets grey --policy "$here/mail_policy.toml" "$work/$1.pcap" >"$work/report" 2>"$work/complaints" || status=$?
}

frames_of() { sed -n 's/.*"frames":\([0-9]*\).*/\1/p' "$work/report" | tail -n 1; }

clean() { # clean NAME LEAST-FRAMES
    judged "$1"
    if [ "$status" = 0 ] && [ "$(frames_of)" -ge "$2" ]; then
        echo "ok   $1: $(frames_of) frames without a finding"
    else
        echo "FAIL $1 (status $status, $(frames_of) frames)"
        cat "$work/complaints" "$work/said"
        grep '"type":"finding"' "$work/report" || true
        failed=1
    fi
}

found() { # found NAME REASON
    judged "$1"
    if [ "$status" = 1 ] && [ "$(grep -c '"type":"finding"' "$work/report")" = 1 ] && grep '"type":"finding"' "$work/report" | grep -q "\"$2\""; then
        echo "ok   $1: $2"
    else
        echo "FAIL $1: $2 was not the one finding (status $status)"
        cat "$work/complaints" "$work/said"
        grep '"type":"finding"' "$work/report" || true
        failed=1
    fi
}

out() { in_host outside "$@"; }
swak() { out swaks --server 192.0.2.25 --from a@example.net --to b@mail.example --helo mx.example.net --hide-all "$@"; }
mail_of() { { printf 'From: <a@example.net>\r\nTo: <b@mail.example>\r\nSubject: hello\r\n\r\n'; "$@"; } >/run/letter; }
lines() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "%s line %d of many\r\n", i % 7 ? "." : "..", i }'; }
curl_mail() { out curl -s -k -m 30 --mail-from a@example.net --mail-rcpt b@mail.example -T /run/letter "$@"; }
hand_over() { # by exim as client: it pipelines, and sends BDAT
    { printf 'From: <a@example.net>\nTo: <b@mail.example>\nSubject: hello\n\n'; lines "$1" | tr -d '\r'; } >/run/text
    out "$exim" -C /run/exim/exim_client.conf -odf -oi -f a@example.net b@mail.example c@mail.example </run/text
}

ordinary_day() {
    for letter in 1 40 3000; do hand_over $letter; done
    mail_of lines 3
    curl_mail smtp://192.0.2.25/mx.example.net
    curl_mail --ssl-reqd smtp://192.0.2.25/mx.example.net
    curl_mail --ssl-reqd -u b:secret smtp://192.0.2.25/mx.example.net
    curl_mail -u b:secret smtps://192.0.2.25/mx.example.net
    mail_of lines 20000
    curl_mail smtp://192.0.2.25/mx.example.net
    swak
    swak --pipeline
    swak --tls
    swak --tls --auth PLAIN --auth-user b --auth-password secret
    swak --tls --auth LOGIN --auth-user b --auth-password secret
    swak --tls --auth PLAIN --auth-user b --auth-password wrong
    swak --tls-on-connect --port 465
    swak --to nobody@elsewhere.example
    swak --quit-after RCPT
    swak --protocol SMTP
    swak --body '.
..
...'
    { sleep 0.2; printf 'QUIT\r\n'; sleep 0.2; } | out openssl s_client -quiet -starttls smtp -name mx.example.net -connect 192.0.2.25:25
    for port in 443 8443; do out curl -s -k -m 10 -o /dev/null "https://192.0.2.25:$port/"; done
    out perl "$here/mail_talk.pl" several-mails
}

lay_cable
exim_user
start_servers

round=0
while [ $round -lt "${SPAN_CONFORM_ROUNDS:-1}" ]; do
    round=$((round + 1))
    captured ordinary-day ordinary_day
    clean ordinary-day 400
done

# Whether these sessions are what they are meant to be: the server's log says so.
for word in 'K S=' 'X=TLS' 'A=plain' 'P=esmtps'; do
    grep -q "$word" /run/exim/log/mainlog || { echo "FAIL the day had no '$word'"; tail -n 20 /run/exim/log/mainlog; failed=1; }
done

hostile() { captured "$1" out perl "$here/mail_talk.pl" "$1"; found "$1" "$2"; }
for way in lf-dot-lf lf-dot-crlf crlf-dot-lf cr-dot-cr; do hostile "smuggling-$way" smtp-bare-lf; done
hostile bare-lf-command smtp-bare-lf
hostile starttls-injection starttls-injection
hostile early-talker early-talker
hostile http-on-25 not-speaking
hostile ssh-on-25 not-speaking
hostile binary-on-25 not-speaking
hostile tls-on-25 not-speaking
hostile smtp-on-465 not-speaking
captured cleartext-login swak --auth PLAIN --auth-user b --auth-password secret
found cleartext-login cleartext-login
exit $failed
