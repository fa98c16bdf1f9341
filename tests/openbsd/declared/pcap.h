/* What the libpcap of OpenBSD's base declares of what we use; it has no pcap/pcap.h and knows no time stamps but microseconds. For
 * syntax checks only. */
#ifndef SPAN_DECLARED_PCAP_H
#define SPAN_DECLARED_PCAP_H
#include <sys/types.h>
#include <sys/time.h>

#include <net/bpf.h>
#include <stdio.h>

#define PCAP_ERRBUF_SIZE 256
#define PCAP_NETMASK_UNKNOWN 0xffffffff
#define PCAP_ERROR (-1)
#define PCAP_ERROR_NO_SUCH_DEVICE (-5)
#define PCAP_ERROR_PERM_DENIED (-8)
#define PCAP_ERROR_IFACE_NOT_UP (-9)
#define PCAP_ERROR_PROMISC_PERM_DENIED (-11)
#define PCAP_WARNING_PROMISC_NOTSUP 2

typedef struct pcap pcap_t;
struct pcap_pkthdr {
    struct bpf_timeval ts;
    bpf_u_int32 caplen, len;
};
struct pcap_stat {
    u_int ps_recv, ps_drop, ps_ifdrop;
};
typedef void (*pcap_handler)(u_char *, const struct pcap_pkthdr *, const u_char *);

#ifdef __cplusplus
extern "C" {
#endif
pcap_t *pcap_create(const char *, char *);
int pcap_set_snaplen(pcap_t *, int);
int pcap_set_promisc(pcap_t *, int);
int pcap_set_timeout(pcap_t *, int);
int pcap_set_immediate_mode(pcap_t *, int);
int pcap_set_buffer_size(pcap_t *, int);
int pcap_activate(pcap_t *);
pcap_t *pcap_fopen_offline(FILE *, char *);
void pcap_close(pcap_t *);
int pcap_dispatch(pcap_t *, int, pcap_handler, u_char *);
int pcap_stats(pcap_t *, struct pcap_stat *);
int pcap_setnonblock(pcap_t *, int, char *);
int pcap_get_selectable_fd(pcap_t *);
int pcap_fileno(pcap_t *);
int pcap_datalink(pcap_t *);
char *pcap_geterr(pcap_t *);
const char *pcap_statustostr(int);
int pcap_compile(pcap_t *, struct bpf_program *, const char *, int, bpf_u_int32);
void pcap_freecode(struct bpf_program *);
#ifdef __cplusplus
}
#endif
#endif
