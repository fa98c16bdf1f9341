#error "OpenBSD has no <linux/if_packet.h>"
