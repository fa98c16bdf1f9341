#error "OpenBSD has no <netpacket/packet.h>"
