#error "OpenBSD has no <sys/signalfd.h>"
