# hours_test.sh SPAN_WATCHER [PROGRAMS]: people use the servers of a small network at the pace of people - mails now and then, a
# mailbox left open in IDLE, an administrator's session that stays, names asked, clocks set, lines logged - and all of it is
# clean: what stays open for hours and says little, as well as what is short.
# PROGRAMS: where packages were unpacked without being installed (./dev test does it); SPAN_CONFORM_SECONDS: how long (12);
# SPAN_CONFORM_KEEP: a folder for the capture and its policy.
. "$(dirname "$0")/programs.sh"
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/servers.sh"
programs=${2:-}
seconds=${SPAN_CONFORM_SECONDS:-12}
need_tools dovecot unbound ssh scp ssh-keygen curl swaks dig logger python3 openssl ss useradd
sshd=$(command -v sshd || echo /usr/sbin/sshd)
[ -x "$sshd" ] || skip 'no sshd'
program() { # program NAME PATH PACKAGE: sets $NAME
    found=$programs$2
    [ -x "$found" ] || found=$(command -v "${2##*/}") || skip "no ${2##*/}: ./dev test unpacks $3"
    eval "$1=\$found"
}
program exim /usr/sbin/exim4 exim4-daemon-light
program chronyd /usr/sbin/chronyd chrony

exim_user
exim_files
begin "$exim" -C /run/exim/exim_server.conf -bdf
make_certificate
serve_dovecot no
serve_sshd
serve_unbound mail.example
mkdir "$work/files"
head -c 300000 /dev/zero >"$work/files/large"
begin python3 -c "
import http.server, os
class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
os.chdir('$work/files')
http.server.ThreadingHTTPServer(('$server', 80), Handler).serve_forever()"
begin openssl s_server -quiet -www -accept 443 -cert "$work/cert.pem" -key "$work/key.pem"
begin python3 -c "
import socket, threading
lines = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
lines.bind(('$server', 514))
def listen():
    while lines.recv(65536): pass
threading.Thread(target=listen, daemon=True).start()
door = socket.create_server(('$server', 601))
def read(stream):
    while stream.recv(65536): pass
while True:
    threading.Thread(target=read, args=(door.accept()[0],), daemon=True).start()"
# Neither sets this machine's clock (-x): they only ask and answer.
cat >"$work/clock.conf" <<CONF
local stratum 3
allow 192.0.2.0/24
bindaddress $server
cmdport 0
pidfile $work/clock.pid
CONF
cat >"$work/asks-clock.conf" <<CONF
server $server iburst minpoll 2 maxpoll 6
cmdport 0
pidfile $work/asks-clock.pid
CONF
begin "$chronyd" -x -d -u root -f "$work/clock.conf"
for port in 25 465 443 80 601; do wait_for tcp $port; done
wait_for udp 123

cat >"$work/mailbox.py" <<'PYTHON'
# mailbox.py HOST clear|encrypted END: a mail program left open: IDLE, and what is new fetched. Every 29 minutes at most (RFC 2177).
import imaplib, select, ssl, sys, time

host, encrypted, end = sys.argv[1], sys.argv[2] == "encrypted", float(sys.argv[3])
m = imaplib.IMAP4(host)
if encrypted:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    m.starttls(context)
m.login("amy", "secret")
mail = b"From: a@example.org\r\nTo: amy@mail.example\r\nSubject: noted\r\n\r\n" + b"text\r\n" * 200
m.append("INBOX", "", None, mail)
m.select("INBOX")
while time.time() < end:
    tag = m._new_tag()
    m.send(tag + b" IDLE\r\n")
    assert m.readline().startswith(b"+")
    until = min(end, time.time() + 29 * 60)
    while time.time() < until:
        # What the encrypted layer has read ahead does not wake a select.
        if (encrypted and m.sock.pending()) or select.select([m.sock], [], [], min(5, max(0, until - time.time())))[0]:
            if b"EXISTS" in m.readline():
                break
    m.send(b"DONE\r\n")
    while not m.readline().startswith(tag):
        pass
    m.uid("FETCH", "1:*", "(FLAGS)")
    m.fetch("*", "(UID BODY.PEEK[])")
    time.sleep(max(0, min(20, end - time.time())))
    if not encrypted and time.time() < end:
        m.append("INBOX", "", None, mail)
m.logout()
PYTHON
cat >"$work/relay.py" <<'PYTHON'
# relay.py HOST END: a mail server that keeps its connection, and hands over a letter a minute.
import smtplib, sys, time

host, end = sys.argv[1], float(sys.argv[2])
s = smtplib.SMTP(host, local_hostname="mx.example.net")
n = 0
while time.time() < end:
    n += 1
    s.sendmail("a@example.net", ["b@mail.example", "c@mail.example"], "Subject: letter %d\r\n\r\n" % n + ".. and a dot\r\n.\r\n" * (n % 50))
    time.sleep(max(0, min(60, end - time.time())))
s.quit()
PYTHON
cat >"$work/pages.py" <<'PYTHON'
# pages.py HOST END: a browser that keeps its connection.
import http.client, sys, time

host, end = sys.argv[1], float(sys.argv[2])
c = http.client.HTTPConnection(host)
while time.time() < end:
    for page in ("/", "/large", "/nothing"):
        c.request("GET", page)
        c.getresponse().read()
    time.sleep(max(0, min(25, end - time.time())))
c.close()
PYTHON

# Each person does one thing again and again: when that fails, the test has. Pauses are random, and end with the day.
cat >"$work/people.sh" <<SHELL
end=\$((\$(date +%s) + $seconds))
on() { [ "\$(date +%s)" -lt "\$end" ]; }
rest() { # rest MOST
    left=\$((end - \$(date +%s)))
    pause=\$(shuf -i 1-"\$1" -n 1)
    [ "\$pause" -le "\$left" ] || pause=\$left
    [ "\$pause" -le 0 ] || sleep "\$pause"
}
person() { # person MOST-PAUSE COMMAND...
    most=\$1
    shift
    while on; do
        "\$@" >>"$work/people.log" 2>&1 || echo "\$*" >>"$work/failed"
        rest "\$most"
    done
}
once() { "\$@" >>"$work/people.log" 2>&1 || echo "\$*" >>"$work/failed"; }

exim_letter() {
    { printf 'From: <a@example.net>\nTo: <b@mail.example>\nSubject: hello\n\n'; seq "\$(shuf -i 1-4000 -n 1)"; } |
        "$exim" -C /run/exim/exim_client.conf -odf -oi -f a@example.net b@mail.example c@mail.example
}
curl_letter() {
    printf 'From: <a@example.net>\r\nSubject: hello\r\n\r\n.\r\n..\r\ntext\r\n' |
        curl -s -k -m 60 --mail-from a@example.net --mail-rcpt b@mail.example -T - "\$@"
}
encrypted_letter() { curl_letter --ssl-reqd -u b:secret smtp://$server/mx.example.net; }
clear_letter() { curl_letter smtp://$server/mx.example.net; }
submitted_letter() { curl_letter -u b:secret smtps://$server/mx.example.net; }
swak() { swaks --server $server --from a@example.net --to b@mail.example --helo mx.example.net --hide-all --tls; }
post() { curl -s -S -m 60 pop3://$server/ -u amy:secret; }
admin() { ssh $ssh_options root@$server 'date; uptime'; }
copy() { scp $ssh_options root@$server:$work/files/large $work/copied; }
stays() { # an administrator who goes for lunch with the session open
    (while on; do echo date; rest 120; done; echo exit) |
        ssh $ssh_options -tt -o ServerAliveInterval=15 -o RekeyLimit='1M 600' root@$server sh
}
names() { dig +tries=1 +time=5 "\$@" @$server; }
ask() { names mail.example A && names mail.example MX && names +dnssec _25._tcp.mail.example TLSA && names -x $server; }
ask_by_tcp() { names +tcp +keepopen mail.example A big.example TXT; }
page() { curl -s -S -m 60 -o /dev/null http://$server/large && curl -s -S -k -m 60 -o /dev/null https://$server/; }
line() { logger -n $server -P 514 -d --rfc5424 -t sshd -i -p auth.info 'Accepted publickey for amy'; }
log() { (while on; do echo "a line of \$(date)"; rest 10; done) | logger -n $server -P 601 -T --rfc5424 -t cron; }

person 40 exim_letter &
person 60 encrypted_letter &
person 60 clear_letter &
person 90 submitted_letter &
person 120 swak &
once python3 "$work/relay.py" $server "\$end" &
once python3 "$work/mailbox.py" $server clear "\$end" &
once python3 "$work/mailbox.py" $server encrypted "\$end" &
person 90 post &
person 150 admin &
person 300 copy &
once stays &
person 5 ask &
person 30 ask_by_tcp &
person 45 page &
once python3 "$work/pages.py" $server "\$end" &
person 8 line &
once log &
"$chronyd" -x -d -u root -f "$work/asks-clock.conf" >>"$work/people.log" 2>&1 &
clock=\$!
(while on; do sleep 1; done; kill \$clock) &
wait
SHELL

{
    for port in 25 465; do rule "$([ $port = 25 ] && echo smtp || echo tls)" $port tcp </dev/null; done
    for login in 'imap 143' 'pop3 110'; do
        # shellcheck disable=SC2086
        echo 'cleartext_login = true' | rule $login tcp
    done
    for plain in 'ssh 22 tcp' 'dns 53 udp' 'dns 53 tcp' 'http 80 tcp' 'tls 443 tcp' 'syslog 514 udp' 'syslog 601 tcp' 'ntp 123 udp'; do
        # shellcheck disable=SC2086
        rule $plain </dev/null
    done
} | policy hours

record hours asks sh "$work/people.sh"
[ ! -e "$work/failed" ] || { echo 'FAIL somebody could not do what they do:'; sort "$work/failed" | uniq -c; tail -n 40 "$work/people.log"; failed=1; }
clean hours hours 400
# No rule unused: each of these protocols was spoken.
"$span_watcher" replay --json --policy "$work/hours.toml" "$work/hours.pcap" 2>/dev/null | grep '"type":"summary"' | grep -o '"rules":{[^}]*}' >"$work/used"
! grep -q ':0[,}]' "$work/used" || { echo 'FAIL a protocol was not spoken'; failed=1; }
cat "$work/used"
echo "$seconds seconds of ordinary traffic, $(frames hours) frames"
[ -z "${SPAN_CONFORM_KEEP:-}" ] || cp "$work/hours.pcap" "$work/hours.toml" "$SPAN_CONFORM_KEEP"
exit "$failed"
