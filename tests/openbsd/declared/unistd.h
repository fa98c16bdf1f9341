/* With the two calls that only OpenBSD has. For syntax checks only. */
#include_next <unistd.h>
#ifndef SPAN_DECLARED_UNISTD_H
#define SPAN_DECLARED_UNISTD_H
#ifdef __cplusplus
extern "C" {
#endif
int pledge(const char *promises, const char *execpromises);
int unveil(const char *path, const char *permissions);
#ifdef __cplusplus
}
#endif
#endif
