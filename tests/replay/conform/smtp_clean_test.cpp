/// SMTP as honest clients and servers speak it.
#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"

namespace sw::craft {
namespace {

/// Behind a greeting and EHLO.
Talk with_mail(const std::string& name, const std::string& rest,
               const std::string& offers = "S> 250-PIPELINING\nS> 250-CHUNKING\nS> 250-BINARYMIME\nS> 250-SMTPUTF8\n") {
    return {name,
            Script("S> 220 mail.example ESMTP\nC> EHLO relay.example.org\nS> 250-mail.example greets you\n" + offers + "S> 250 8BITMIME\n" +
                   rest),
            "smtp"};
}

}  // namespace

TEST_CASE("smtp: sessions without a mail are clean") {
    expect_clean({
        {"greeting in several lines", Script("S> 220-mail.example\nS> 220-go on\nS> 220\nC> EHLO a\nS> 250 b\nC> QUIT\nS> 221 bye\nS.\nC."),
         "smtp"},
        {"a greeting that ends with LF alone", Script("S: 220 old.example\\n\nC> HELO a\nS> 250 b\nC> QUIT\nS> 221 bye\n"), "smtp"},
        {"refused in the greeting", Script("S> 554 no SMTP here\nC> QUIT\nS> 221 bye\nS.\nC."), "smtp"},
        {"refused, and gone without a word", Script("S> 421-too many\nS> 421 connections\nS.\nC."), "smtp"},
        {"the server closes at once", Script("S.\nC."), "smtp"},
        {"verbs in any case, blanks at the end", Script("S> 220 a\nC> ehlo b  \nS> 250 c\nC> nOOp\nS> 250 ok\nC> quit \nS> 221 bye\n"),
         "smtp"},
        {"an address literal", Script("S> 220 a\nC> EHLO [192.0.2.9]\nS> 250 c\nC> HELO [IPv6:2001:db8::1]\nS> 250 c\n"), "smtp"},
        {"VRFY, EXPN, HELP, NOOP and RSET",
         Script("S> 220 a\nC> HELO b\nS> 250 c\nC> VRFY amy\nS> 252 perhaps\nC> EXPN staff\nS> 550 no\nC> HELP\n"
                "S> 214-read\nS> 214 RFC 5321\nC> NOOP well\nS> 250 ok\nC> RSET\nS> 250 ok\nC> HELP mail\nS> 211 it\n"),
         "smtp"},
        {"replies that are a code only", Script("S> 220\nC> HELO b\nS> 250\nC> QUIT\nS> 221\n"), "smtp"},
        {"a timeout of the server", Script("S> 220 a\nC> HELO b\nS> 250 c\nS> 421 4.4.2 timeout\nS.\nC."), "smtp"},
        {"QUIT and gone", Script("S> 220 a\nC> HELO b\nS> 250 c\nC> QUIT\nC.\nS> 221 bye\nS."), "smtp"},
        {"lost in the middle of a command", Script("S> 220 a\nC> HELO b\nS> 250 c\nC: MAIL FR\nC!"), "smtp"},
        {"EHLO refused, then HELO", Script("S> 220 a\nC> EHLO b\nS> 500 what\nC> HELO b\nS> 250 c\n"), "smtp"},
    });
}

TEST_CASE("smtp: mails are clean") {
    expect_clean({
        with_mail("one at a time",
                  "C> MAIL FROM:<a@example.org>\nS> 250 ok\nC> RCPT TO:<b@mail.example>\nS> 250 ok\nC> DATA\nS> 354 go\n"
                  "C> Subject: hello\nC> \nC> ..a line with a dot\nC> .x\nC> the end\nC> .\nS> 250 queued\nC> QUIT\nS> 221 bye\n"),
        with_mail(
            "pipelined, twice",
            "C> MAIL FROM:<a@example.org>\nC> RCPT TO:<b@mail.example>\nC> RCPT TO:<c@mail.example>\nC> DATA\nS> 250 ok\nS> 250 ok\n"
            "S> 550 no\nS> 354 go\nC> hello\nC> .\nC> MAIL FROM:<a@example.org>\nC> RCPT TO:<b@mail.example>\nC> DATA\nS> 250 queued\n"
            "S> 250 ok\nS> 250 ok\nS> 354 go\nC> \nC> .\nC> QUIT\nS> 250 ok\nS> 221 bye\n"),
        with_mail("an empty mail",
                  "C> MAIL FROM:<>\nS> 250 ok\nC> RCPT TO:<b@mail.example>\nS> 250 ok\nC> DATA\nS> 354 go\nC> .\nS> 250 queued\n"),
        with_mail(
            "no recipient accepted",
            "C> MAIL FROM:<a@example.org>\nC> RCPT TO:<x@mail.example>\nC> DATA\nS> 250 ok\nS> 550 no\nS> 554 none\nC> RSET\nS> 250 ok\n"),
        with_mail("refused behind its data",
                  "C> MAIL FROM:<a@example.org>\nS> 250 ok\nC> RCPT TO:<b@mail.example>\nS> 250 ok\nC> DATA\nS> 354 go\nC> spam\nC> .\n"
                  "S> 550-5.7.1 we do not\nS> 550 5.7.1 like it\n"),
        with_mail(
            "chunks",
            "C> MAIL FROM:<a@example.org> BODY=BINARYMIME SIZE=17\nS> 250 ok\nC> RCPT TO:<b@mail.example>\nS> 250 ok\nC> BDAT 5\nC: a\\n\\r\\0b\n"
            "C> BDAT 2\nC: \\r\\r\nC> BDAT 0 LAST\nS> 250 ok\nS> 250 ok\nS> 250 queued\nC> QUIT\nS> 221 bye\n"),
        with_mail(
            "a chunk of text",
            "C> MAIL FROM:<a@example.org>\nC> RCPT TO:<b@mail.example>\nC> BDAT 12 LAST\nC: hello\\r\\nyou\\r\\n\nC> NOOP\nS> 250 ok\nS> 250 ok\n"
            "S> 250 queued\nS> 250 ok\n"),
        with_mail("parameters",
                  "C> MAIL FROM:<a@example.org> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=QQ314159 AUTH=<> SMTPUTF8\nS> 250 ok\n"
                  "C> RCPT TO:<b@mail.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b@mail.example\nS> 251 forwards\n"),
        with_mail(
            "mailboxes of all kinds",
            "C> MAIL FROM: <\"a b@c\\\\\"d\"@[192.0.2.1]> smtputf8\nS> 250 ok\nC> RCPT TO:<@x.example,@y.example:b@mail.example>\nS> 250 ok\n"
            "C> RCPT TO:<Postmaster>\nS> 250 ok\nC> RCPT TO:<a..b.@mail.example>\nS> 250 ok\nC> RCPT TO:<\\xc3\\xa9@mail.example>\nS> 250 ok\n"),
        with_mail(
            "names of all scripts, and then of one",
            "C> MAIL FROM:<\\xc3\\xa9@\\xc3\\xa9.example> SIZE=10 SMTPUTF8 BODY=8BITMIME\nS> 250 ok\nC> RCPT TO:<\\xc3\\xa9@mail.example>\n"
            "S> 250 ok\nC> RSET\nS> 250 ok\nC> MAIL FROM:<a@example.org>\nS> 250 ok\nC> RCPT TO:<b@mail.example>\nS> 250 ok\n"),
        with_mail("octets above 127 in a mail",
                  "C> MAIL FROM:<a@example.org> BODY=8BITMIME\nS> 250 ok\nC> RCPT TO:<b@mail.example>\nS> 250 ok\nC> DATA\nS> 354 go\n"
                  "C> gr\\xc3\\xbc\\xc3\\x9fe\nC> .\nS> 250 ok\n"),
    });
}

TEST_CASE("smtp: long mails with lines of every length are clean") {
    Talk talk = with_mail("long", "C> MAIL FROM:<a@example.org>\nS> 250 ok\nC> RCPT TO:<b@mail.example>\nS> 250 ok\nC> DATA\nS> 354 go\n");
    std::string text;
    for (std::size_t n = 0; n <= 998; n += n < 90 ? 1 : 101) text += std::string(n, 'x') + "\r\n" + (n % 7 == 0 ? "..\r\n" : "");
    talk.script.say(Side::client, text + std::string(998, 'y') + "\r\n.\r\n").say(Side::server, "250 queued\r\n");
    expect_clean({talk});
}

}  // namespace sw::craft
