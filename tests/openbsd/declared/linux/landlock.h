#error "OpenBSD has no <linux/landlock.h>"
