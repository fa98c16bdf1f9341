#error "OpenBSD has no <sys/sendfile.h>"
