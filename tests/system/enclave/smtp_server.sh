# RFC 5321, as far as a client that delivers one mail goes; on standard input and output.
say() { printf '%s\r\n' "$1"; }
say '220 mail.example ESMTP'
while IFS= read -r line; do
    case $line in
        EHLO* | HELO*) say '250 mail.example' ;;
        MAIL* | RCPT*) say '250 2.0.0 Ok' ;;
        DATA*)
            say '354 End data with <CR><LF>.<CR><LF>'
            while IFS= read -r text; do [ "$text" != "$(printf '.\r')" ] || break; done
            say '250 2.0.0 Ok' ;;
        QUIT*) say '221 2.0.0 Bye'; exit ;;
        *) say '502 5.5.2 Not implemented' ;;
    esac
done
