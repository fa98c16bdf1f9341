#error "OpenBSD has no <sys/inotify.h>"
