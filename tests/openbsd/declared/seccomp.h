#error "OpenBSD has no <seccomp.h>"
