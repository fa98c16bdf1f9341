#error "OpenBSD has no <sys/prctl.h>"
