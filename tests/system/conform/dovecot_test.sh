# Dovecot, and clients of Python and curl: what they say to each other in an ordinary day is clean; a login in clear is found.
. "$(dirname "$0")/programs.sh"
need_tools dovecot python3 openssl ss curl

. "$(dirname "$0")/servers.sh"
make_certificate

cat >"$work/day.py" <<'PYTHON'
# A user's day: encrypted or in clear.
import imaplib, poplib, ssl, sys, time

host, encrypted = sys.argv[1], sys.argv[2] == "encrypted"
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
mail = b"From: a@example.org\r\nTo: amy@mail.example\r\nSubject: =?utf-8?q?M=C3=A4rz?=\r\n\r\n" + b"text\r\n.dot\r\n..\r\n" * 2000

def imap():
    m = imaplib.IMAP4(host)
    if encrypted:
        m.starttls(context)
    m.login("amy", "secret")
    return m

m = imap()
m.namespace(); m.list(); m.lsub()
m.create("Archive"); m.subscribe("Archive")
for flags in ("", "(\\Seen)", "(\\Flagged $Label1)"):
    m.append("INBOX", flags, imaplib.Time2Internaldate(time.time()), mail)
m.status("INBOX", "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)")
m.select("INBOX")
m.search(None, "UNSEEN", "SUBJECT", '"M"')
m.uid("SEARCH", "CHARSET", "UTF-8", "ALL")
m.fetch("1:*", "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (FROM TO)])")
m.fetch("1", "(BODY[] BODY[TEXT]<10.200> BODY[1.MIME])")
m.uid("FETCH", "1:*", "(FLAGS)")
m.store("1", "+FLAGS", "(\\Deleted)")
m.copy("2", "Archive"); m.uid("MOVE", "3", "Archive")
m.thread("REFERENCES", "UTF-8", "ALL"); m.sort("(DATE)", "UTF-8", "ALL")
tag = m._new_tag()
m.send(tag + b" IDLE\r\n")
assert m.readline().startswith(b"+")
other = imap(); other.append("INBOX", "", None, mail); other.select("INBOX"); other.logout()
m.readline()
m.send(b"DONE\r\n")
while not m.readline().startswith(tag):
    pass
m.noop(); m.check(); m.expunge(); m.close()
m.rename("Archive", "Old"); m.unsubscribe("Archive"); m.delete("Old")
try:
    m.select("Nothing")
except imaplib.IMAP4.error:
    pass
m.logout()

for round in range(2):
    p = poplib.POP3(host)
    p.capa()
    if encrypted:
        p.stls(context)
    p.user("amy"); p.pass_("secret")
    p.stat(); p.list(); p.uidl(); p.list(1); p.uidl(1)
    p.retr(1); p.top(1, 0); p.dele(1); p.rset(); p.noop()
    try:
        p.retr(99)
    except poplib.error_proto:
        pass
    p.quit()
PYTHON

{ rule imap 143 tcp </dev/null; rule pop3 110 tcp </dev/null; } | policy strict
{ echo 'cleartext_login = true' | rule imap 143 tcp; echo 'cleartext_login = true' | rule pop3 110 tcp; } | policy open

serve_dovecot yes
record encrypted asks python3 "$work/day.py" "$server" encrypted
clean encrypted strict
record refused asks python3 -c "
import imaplib
m = imaplib.IMAP4('$server')
try:
    m.login('amy', 'secret')
except imaplib.IMAP4.error:
    pass
m.logout()"
found refused strict cleartext-login
stop

serve_dovecot no
record in-clear asks python3 "$work/day.py" "$server" in-clear
clean in-clear open
found in-clear strict cleartext-login
record curl asks sh -c "
    printf 'Subject: a\r\n\r\nb\r\n' >$work/new.eml
    curl -sS -T $work/new.eml imap://$server/INBOX -u amy:secret
    curl -sS 'imap://$server/INBOX;MAILINDEX=1' -u amy:secret
    curl -sS imap://$server/INBOX -X 'EXAMINE INBOX' -u amy:secret --login-options AUTH=PLAIN
    curl -sS pop3://$server/1 -u amy:secret --login-options AUTH=PLAIN
    curl -sS pop3://$server/ -u amy:secret"
clean curl open
exit "$failed"
