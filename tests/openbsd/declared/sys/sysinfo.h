#error "OpenBSD has no <sys/sysinfo.h>"
