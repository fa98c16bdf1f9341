#error "OpenBSD has no <linux/sockios.h>"
