#error "OpenBSD has no <sys/epoll.h>"
