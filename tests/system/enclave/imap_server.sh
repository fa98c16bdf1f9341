# RFC 3501, as far as a client that looks into its mailboxes goes; on standard input and output.
say() { printf '%s\r\n' "$1"; }
say '* OK [CAPABILITY IMAP4rev1] ready'
while read -r tag verb rest; do
    case $verb in
        CAPABILITY*) say '* CAPABILITY IMAP4rev1' ;;
        LIST*) say '* LIST () "/" INBOX' ;;
        LOGOUT*) say '* BYE'; say "$tag OK done"; exit ;;
    esac
    say "$tag OK done"
done
