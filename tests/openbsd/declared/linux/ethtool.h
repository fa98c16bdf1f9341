#error "OpenBSD has no <linux/ethtool.h>"
