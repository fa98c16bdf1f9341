#error "OpenBSD has no <linux/capability.h>"
