# Python's web server, and curl: ordinary requests are clean; a smuggled one is found. And logger's lines to a server that
# keeps silent are clean, an answer is found.
. "$(dirname "$0")/programs.sh"
need_tools curl python3 ss logger

cat >"$work/serve.py" <<'PYTHON'
# Files, and what is handed in comes back in chunks.
import http.server, sys

class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while True:
                size = int(self.rfile.readline(), 16)
                body += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    break
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (body[:7], body[7:]):
            if piece:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")
    do_PUT = do_POST

http.server.ThreadingHTTPServer((sys.argv[1], 80), Handler).serve_forever()
PYTHON
mkdir "$work/files"
head -c 300000 /dev/zero >"$work/files/large"
echo hello >"$work/files/small"
cd "$work/files"
begin python3 "$work/serve.py" "$server"
wait_for tcp 80

cat >"$work/day.sh" <<SHELL
set -e
curl -sS http://$server/ http://$server/small http://$server/large -o /dev/null -o /dev/null -o /dev/null
curl -sS -I http://$server/large >/dev/null
curl -sS http://$server/nothing -o /dev/null
curl -sS -0 http://$server/small >/dev/null
curl -sS -d 'a=b&c=d' http://$server/form >/dev/null
curl -sS -T $work/files/large -H 'Expect: 100-continue' http://$server/put >/dev/null
printf 'in pieces' | curl -sS -T - http://$server/stream >/dev/null
curl -sS -z '2100-01-01' http://$server/small >/dev/null
curl -sS -r 0-9 -A 'Mozilla/5.0 (X11) \$(x)' -b 'a=b; c="d"' 'http://$server/small?q=%20a|b{c}' >/dev/null
curl -sS --max-filesize 10 http://$server/large >/dev/null || true
SHELL
rule http 80 tcp </dev/null | policy http
record web asks sh "$work/day.sh"
clean web http
record smuggled asks python3 -c "
import socket
s = socket.create_connection(('$server', 80))
s.sendall(b'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n')
s.settimeout(2)
s.recv(1000)"
found smuggled http http-smuggling
stop

cat >"$work/sink.py" <<'PYTHON'
import socket, sys, threading
def stream():
    t = socket.create_server((sys.argv[1], 601))
    while True:
        c, _ = t.accept()
        while c.recv(65536):
            pass
        c.close()
threading.Thread(target=stream, daemon=True).start()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind((sys.argv[1], 514))
while True:
    line, sender = u.recvfrom(65536)
    if b"answer me" in line:
        u.sendto(b"ok", sender)
PYTHON
begin python3 "$work/sink.py" "$server"
wait_for udp 514
wait_for tcp 601
cat >"$work/log.sh" <<SHELL
set -e
for format in --rfc3164 --rfc5424 --rfc5424=notime --rfc5424=nohost; do
    logger -n $server -P 514 -d \$format -t sshd -i -p auth.info 'Accepted publickey for amy'
    logger -n $server -P 601 -T \$format -t cron 'one'
    logger -n $server -P 601 -T \$format --octet-count -t cron 'two'
done
logger -n $server -P 514 -d --rfc5424 --sd-id 'x@32473' --sd-param 'a="b"' -t app 'with data'
SHELL
{ rule syslog 514 udp </dev/null; rule syslog 601 tcp </dev/null; } | policy syslog
record logs asks sh "$work/log.sh"
clean logs syslog
record answered asks sh -c "logger -n $server -P 514 -d --rfc5424 'answer me'; sleep 0.2"
found answered syslog syslog-answered
exit "$failed"
