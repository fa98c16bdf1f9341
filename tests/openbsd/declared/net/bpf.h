/* What OpenBSD's <net/bpf.h> declares of what we use: names, types and codes, by bpf(4) and its manual's ioctls. For syntax checks only. */
#ifndef SPAN_DECLARED_BPF_H
#define SPAN_DECLARED_BPF_H
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/types.h>

typedef int32_t bpf_int32;
typedef u_int32_t bpf_u_int32;

struct bpf_insn {
    u_int16_t code;
    u_char jt, jf;
    u_int32_t k;
};
struct bpf_program {
    u_int bf_len;
    struct bpf_insn *bf_insns;
};
struct bpf_stat {
    u_int bs_recv, bs_drop;
};
/* Not a struct timeval: two times 32 bits. */
struct bpf_timeval {
    u_int32_t tv_sec, tv_usec;
};

#define BIOCGSTATS _IOR('B', 111, struct bpf_stat)
#define BIOCLOCK _IO('B', 118)
#define BIOCSETWF _IOW('B', 119, struct bpf_program)
#define BIOCSWTIMEOUT _IOW('B', 126, struct timeval)

#define BPF_RET 0x06
#define BPF_K 0x00
#define BPF_STMT(code, k) \
    { (u_int16_t)(code), 0, 0, k }

#define DLT_EN10MB 1
#define DLT_LOOP 12
#define DLT_RAW 14

#ifdef __cplusplus
extern "C"
#endif
u_int bpf_filter(const struct bpf_insn *, const u_char *, u_int, u_int);
#endif
