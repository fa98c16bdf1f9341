#error "OpenBSD has no <linux/filter.h>"
