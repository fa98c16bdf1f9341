#error "OpenBSD has no <pcap/pcap.h>"
