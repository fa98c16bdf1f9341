# mail_talk.pl NAME: a conversation with 192.0.2.25 that no mail program would have; or, several-mails, one that a good one might.
use strict;
use warnings;
use IO::Socket::INET;

my $name = shift;
my $port = {'smtp-on-465' => 465, 'early-talker' => 2525}->{$name} // 25;
my $server = IO::Socket::INET->new(PeerAddr => '192.0.2.25', PeerPort => $port, Timeout => 10) or die "no connection: $!";
$server->autoflush(1);
$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { exit 0 };
alarm 3;

sub say_to { $server->syswrite($_[0]); }
# A reply, all its lines.
sub reply {
    while (my $line = <$server>) { return $line if $line =~ /^\d{3}(?:\s|\r?\n)/; }
    return '';
}
sub ask { say_to("$_[0]\r\n"); reply(); }
sub greet { reply(); ask('EHLO mx.example.net'); }
sub to_data { ask('MAIL FROM:<a@example.net>'); ask('RCPT TO:<b@mail.example>'); ask('DATA'); }

my $second = "MAIL FROM:<root\@mail.example>\r\nRCPT TO:<b\@mail.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n";
my %end = ('lf-dot-lf' => "\n.\n", 'lf-dot-crlf' => "\n.\r\n", 'crlf-dot-lf' => "\r\n.\n", 'cr-dot-cr' => "\r.\r");

if ($name =~ /^smuggling-(.*)/) {
    greet(); to_data();
    say_to("Subject: one\r\n\r\nx$end{$1}$second");
    reply();
} elsif ($name eq 'bare-lf-command') {
    greet();
    say_to("MAIL FROM:<a\@example.net>\n");
    reply();
} elsif ($name eq 'starttls-injection') {
    greet();
    say_to("STARTTLS\r\nMAIL FROM:<root\@mail.example>\r\n");
    reply();
} elsif ($name eq 'early-talker') {
    say_to("EHLO mx.example.net\r\n");
    reply();
} elsif ($name eq 'http-on-25') {
    reply();
    say_to("GET / HTTP/1.1\r\nHost: mail.example\r\n\r\n");
    reply();
} elsif ($name eq 'ssh-on-25') {
    reply();
    say_to("SSH-2.0-OpenSSH_9.2\r\n");
    reply();
} elsif ($name eq 'binary-on-25') {
    reply();
    say_to("\x00\x01\x02\xff\xfe\x00\x00\x10\x80\x81");
    reply();
} elsif ($name eq 'tls-on-25') {
    reply();
    say_to("\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03" . "\x55" x 32 . "\x00\x00\x02\x13\x01\x01\x00");
    reply();
} elsif ($name eq 'smtp-on-465') {
    say_to("EHLO mx.example.net\r\n");
    reply();
} elsif ($name eq 'several-mails') {
    greet();
    for my $n (1 .. 5) { to_data(); ask("Subject: $n\r\n\r\n.. a dot\r\n."); ask('NOOP'); }
    ask('VRFY b@mail.example');
    ask('HELP');
    ask('MAIL FROM:<a@example.net> SIZE=100'); ask('RSET'); ask('MAIL FROM:<>'); ask('RCPT TO:<nobody@elsewhere.example>');
    ask('RSET');
    # RFC 3030: in chunks, pipelined, the last one empty.
    ask('MAIL FROM:<a@example.net> BODY=8BITMIME'); ask('RCPT TO:<b@mail.example>');
    say_to("BDAT 17\r\nSubject: chunks\r\n"); reply();
    say_to("BDAT 5\r\n\r\n.\r\nBDAT 0 LAST\r\n"); reply(); reply();
    ask('QUIT');
} else {
    die "no conversation of this name: $name";
}
alarm 0;
shutdown($server, 1);
