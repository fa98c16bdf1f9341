#error "OpenBSD has no <sys/timex.h>"
