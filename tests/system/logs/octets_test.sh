# The shipped syslog-ng.conf under the real syslog-ng: what comes by UDP, TCP and TLS is in the spool octet for octet, one message a
# line, whatever it holds; who has no certificate of our authority is turned away. Needs root; 77: skipped, and it says why.
#
# octets_test.sh SYSLOG_NG_CONF
set -eu

conf=$1
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip 'not root'
for tool in syslog-ng socat openssl unshare ss base64; do
    command -v "$tool" >/dev/null 2>&1 || skip "no $tool"
done
if [ "${SPAN_INSIDE:-}" != 1 ]; then
    unshare -n -m true 2>/dev/null || skip 'no namespaces'
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    code=0
    SPAN_INSIDE=1 SPAN_WORK=$work unshare -n -m --propagation private sh "$0" "$conf" || code=$?
    exit "$code"
fi

cd "$SPAN_WORK"
ip link set lo up
mkdir spool etc messages
for folder in /var/spool /etc; do mkdir -p "$folder"; done
mount -t tmpfs tmpfs /var/spool
mkdir -p /var/spool/span-watcher/logs
mount --bind spool /var/spool/span-watcher/logs
openssl req -x509 -newkey rsa:2048 -nodes -keyout etc/syslog.key -out etc/syslog.crt -days 2 -subj /CN=sink >openssl 2>&1
cp etc/syslog.crt etc/syslog-ca.crt
sed "s|/etc/span-watcher/|$PWD/etc/|g" "$conf" >syslog-ng.conf
syslog-ng -F -f "$PWD/syslog-ng.conf" -R "$PWD/persist" -p "$PWD/pid" -c "$PWD/ctl" --no-caps >said 2>&1 &
daemon=$!
trap 'kill "$daemon" 2>/dev/null || true' EXIT
until ss -Hltn 'sport = :6514' | grep -q .; do
    kill -0 "$daemon" 2>/dev/null || { cat said; exit 1; }
done

# One message a file. NUL ends a line by TCP on port 514 (syslog-ng takes it for one), so that one goes the other ways only.
printf '<34>Nov 22 11:00:00 mail sshd[1]: plain' >messages/plain
printf '<34>1 2026-11-22T11:00:00Z mail app - - - of RFC 5424' >messages/new
printf '<34>Nov 22 11:00:00 mail a: esc \033[2J c1 \302\233 raw \233 bad \377 bidi \342\200\256' >messages/controls
printf '<34>Nov 22 11:00:00 mail a: nul \000 behind' >messages/nul
printf '<999>no priority' >messages/priority
printf 'nothing of a header at all' >messages/bare
printf '<34>Nov 22 11:00:00 mail a: quote " backslash \\ {"v":1,"raw":"QQ=="}' >messages/json
{ printf '<34>Nov 22 11:00:00 mail a: '; head -c 9000 /dev/zero | tr '\0' x; } >messages/long
printf '<34>1 - mail app - - - evil\n<0>1 - mail sshd - - - Accepted publickey for root' >messages/break

counted() { for m in messages/*; do printf '%s ' "$(wc -c <"$m")"; cat "$m"; done; }
tls="OPENSSL:127.0.0.1:6514,verify=0"
for m in messages/*; do socat -u -b 65536 "FILE:$m" UDP:127.0.0.1:514; done
for m in messages/*; do case $m in */nul | */break) ;; *) cat "$m"; echo ;; esac; done | socat -u - TCP:127.0.0.1:514
counted | socat -u - TCP:127.0.0.1:601
counted | socat -u - "$tls,cert=etc/syslog.crt,key=etc/syslog.key"
printf '27 <34>1 - x y - - - no entry!' | socat -u - "$tls" >turned_away 2>&1 || true

wanted=$(ls messages | wc -l)
lines() { cat spool/*.ndjson 2>/dev/null | grep -c "\"via\":\"$1\"" || true; }
turns=0
until [ "$(lines udp)" -ge "$wanted" ] && [ "$(lines tcp)" -ge $((2 * wanted - 2)) ] && [ "$(lines tls)" -ge "$wanted" ]; do
    turns=$((turns + 1))
    [ "$turns" -le 600 ] || break
    sleep 0.1
done
kill "$daemon"
wait "$daemon" || true

failed=0
check() { # check WHAT WANTED GOT
    [ "$2" = "$3" ] || { echo "$1: wanted $2, got $3"; failed=1; }
}
check 'lines by udp' "$wanted" "$(lines udp)"
check 'lines by tcp' $((2 * wanted - 2)) "$(lines tcp)"
check 'lines by tls' "$wanted" "$(lines tls)"
for m in messages/*; do
    raw="\"raw\":\"$(base64 -w 0 "$m")\""
    for via in udp tls tcp; do
        case $via-$m in tcp-*/nul | tcp-*/break) times=1 ;; tcp-*) times=2 ;; *) times=1 ;; esac
        check "$m by $via" "$times" "$(cat spool/*.ndjson | grep "\"via\":\"$via\"" | grep -cF "$raw" || true)"
    done
done
check 'who has no certificate' 0 "$(cat spool/*.ndjson | grep -cF "$(printf '<34>1 - x y - - - no entry!' | base64 -w 0)" || true)"
[ "$failed" = 0 ] && echo "$wanted messages each by UDP, TCP (lines and counted) and TLS, octet for octet"
exit "$failed"
