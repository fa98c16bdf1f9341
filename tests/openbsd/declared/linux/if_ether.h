#error "OpenBSD has no <linux/if_ether.h>"
