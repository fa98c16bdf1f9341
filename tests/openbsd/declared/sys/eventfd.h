#error "OpenBSD has no <sys/eventfd.h>"
