#error "OpenBSD has no <sys/timerfd.h>"
