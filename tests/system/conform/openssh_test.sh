# OpenSSH's server and client: sessions, copies and scans are clean; HTTP and a tunnel without SSH on its port are found.
. "$(dirname "$0")/programs.sh"
need_tools ssh ssh-keygen ssh-keyscan ss python3
sshd=$(command -v sshd || echo /usr/sbin/sshd)
[ -x "$sshd" ] || skip 'no sshd'

. "$(dirname "$0")/servers.sh"
serve_sshd

cat >"$work/day.sh" <<SHELL
set -e
ssh $ssh_options root@$server true
ssh $ssh_options -o KexAlgorithms=diffie-hellman-group16-sha512 -o RekeyLimit=64K root@$server 'head -c 300000 /dev/zero' >/dev/null
ssh $ssh_options -o KexAlgorithms=curve25519-sha256 -c aes256-ctr -m hmac-sha2-256 root@$server cat <$work/sshd.conf >/dev/null
scp $ssh_options root@$server:$work/sshd.conf $work/copied
echo 'ls /' | sftp -b - $ssh_options root@$server >/dev/null
ssh-keyscan -T 5 $server >/dev/null 2>&1
ssh $ssh_options -i /nonexistent -o PubkeyAuthentication=no root@$server true 2>/dev/null || true
SHELL

rule ssh 22 tcp </dev/null | policy ssh
printf '%s\n' "pin = { ident = 'SSH-2\.0-OpenSSH_.*' }" | rule ssh 22 tcp | policy pinned
printf '%s\n' "pin = { ident = 'SSH-2\.0-dropbear_.*' }" | rule ssh 22 tcp | policy other
record day asks sh "$work/day.sh"
clean day ssh
clean day pinned
found day other pin-mismatch
record http asks python3 -c "
import socket
s = socket.create_connection(('$server', 22))
s.sendall(b'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
try:
    while s.recv(1000):
        pass
except ConnectionResetError:
    pass"
found http ssh not-speaking
record silent asks python3 -c "
import socket
s = socket.create_connection(('$server', 22))
s.recv(1000)"
found silent ssh client-silent
exit "$failed"
