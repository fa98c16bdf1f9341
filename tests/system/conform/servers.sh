# Real servers for tests in namespaces of their own, each from a configuration made here: started by programs.sh's begin, on $server.

make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mail.example \
        -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
}

serve_dovecot() { # serve_dovecot yes|no: are logins in clear refused? Needs make_certificate
    [ -d "$work/mail" ] || { mkdir "$work/mail"; chown mail:mail "$work/mail"; }
    cat >"$work/dovecot.conf" <<CONF
base_dir = $work/run-$1
protocols = imap pop3
listen = $server
log_path = $work/dovecot.log
ssl = yes
ssl_cert = <$work/cert.pem
ssl_key = <$work/key.pem
disable_plaintext_auth = $1
mail_location = maildir:$work/mail
first_valid_uid = 1
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$work/mail
}
service imap-login {
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3s {
    port = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
CONF
    begin dovecot -F -c "$work/dovecot.conf"
    wait_for tcp 143
    wait_for tcp 110
}

serve_sshd() { # leaves a client's options in $ssh_options
    ssh-keygen -q -t ed25519 -N '' -f "$work/host"
    ssh-keygen -q -t ed25519 -N '' -f "$work/user"
    cp "$work/user.pub" "$work/authorized"
    cat >"$work/sshd.conf" <<CONF
ListenAddress $server
HostKey $work/host
AuthorizedKeysFile $work/authorized
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
CONF
    mkdir -p /run/sshd
    begin "$sshd" -D -e -f "$work/sshd.conf"
    wait_for tcp 22
    ssh_options="-F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -i $work/user"
}

serve_unbound() { # serve_unbound MX
    cat >"$work/zone" <<'ZONE'
local-data: 'mail.example. IN A 192.0.2.25'
local-data: 'mail.example. IN AAAA 2001:db8::25'
local-data: 'mail.example. IN TXT "v=spf1 mx -all"'
local-data: '_25._tcp.mail.example. IN TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
local-data: 'mail.example. IN CAA 0 issue "ca.example"'
local-data: '_imaps._tcp.mail.example. IN SRV 0 1 993 mail.example.'
local-data: '25.2.0.192.in-addr.arpa. IN PTR mail.example.'
local-data: 'big.example. IN TXT "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"'
ZONE
    cat >"$work/unbound.conf" <<CONF
server:
directory: "$work"
chroot: ""
username: ""
pidfile: ""
interface: $server
access-control: 192.0.2.0/24 allow
do-not-query-localhost: no
use-syslog: no
module-config: "iterator"
local-zone: "example." static
local-zone: "2.0.192.in-addr.arpa." static
include: "$work/zone"
local-data: "mail.example. IN MX 10 $1."
remote-control:
control-enable: no
CONF
    begin unbound -d -c "$work/unbound.conf"
    wait_for udp 53
}

# exim asks the system for its user: one in this test's own table.
exim_user() {
    for file in passwd group shadow gshadow; do
        cp -p "/etc/$file" "/run/$file"
        mount --bind "/run/$file" "/etc/$file"
    done
    grep -q '^Debian-exim:' /etc/passwd || printf 'Debian-exim:x:%s:%s::/run/exim:/bin/false\n' 64990 64990 >>/etc/passwd
    grep -q '^Debian-exim:' /etc/group || printf 'Debian-exim:x:%s:\n' 64990 >>/etc/group
}

# What exim as server and as client read: under /run, with a certificate. $exim is the program, $here where the tests are.
exim_files() {
    mkdir -p /run/exim/spool /run/exim/log /run/out/spool /run/out/log
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=mail.example -days 2 -keyout /run/exim/key.pem -out /run/exim/cert.pem 2>/dev/null
    for side in server client; do sed "1a exim_path = $exim" "$here/exim_$side.conf" >/run/exim/exim_$side.conf; done
    cat /run/exim/key.pem /run/exim/cert.pem >/run/exim/both.pem
    chown -R Debian-exim:Debian-exim /run/exim /run/out
    chown root:root /run/exim/*.conf
    chmod 644 /run/exim/*.conf
}
