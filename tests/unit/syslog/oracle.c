/* Reads messages as libsyslog-ng does, for the test that compares: each message as four octets of length (little-endian) and its
 * octets on standard input, each reading as one line of fields in hexadecimal on standard output. C, since the library's headers
 * are no C++; a program of its own, since the library wants some twenty others and none of the sanitizers. */
#include <apphook.h>
#include <cfg.h>
#include <logmsg/logmsg.h>
#include <msg-format.h>
#include <resolved-configurable-paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_hex(const char *octets, gssize length, char end) {
    if (length == 0) putchar('-');
    for (gssize i = 0; i < length; ++i) printf("%02x", (unsigned char)octets[i]);
    putchar(end);
}

static void put_value(LogMessage *msg, NVHandle handle, char end) {
    gssize length = 0;
    const gchar *value = log_msg_get_value(msg, handle, &length);
    put_hex(value, length, end);
}

static void read_one(MsgFormatOptions *options, const guchar *octets, gsize length) {
    LogMessage *msg = msg_format_parse(options, octets, length);
    GString *data = g_string_new("");
    log_msg_append_format_sdata(msg, data, 0);
    printf("%u %ld %u %d ", (unsigned)msg->pri, (long)msg->timestamps[LM_TS_STAMP].ut_sec, (unsigned)msg->timestamps[LM_TS_STAMP].ut_usec,
           (int)msg->timestamps[LM_TS_STAMP].ut_gmtoff);
    put_value(msg, LM_V_HOST, ' ');
    put_value(msg, LM_V_PROGRAM, ' ');
    put_value(msg, LM_V_PID, ' ');
    put_value(msg, LM_V_MSGID, ' ');
    put_value(msg, LM_V_MESSAGE, ' ');
    put_hex(data->str, (gssize)data->len, '\n');
    g_string_free(data, TRUE);
    log_msg_unref(msg);
}

int main(void) {
    resolved_configurable_paths_init(&resolvedConfigurablePaths); /* or no module is found */
    app_startup();
    GlobalConfig *cfg = cfg_new_snippet();
    configuration = cfg;
    cfg_load_module(cfg, "syslogformat");
    MsgFormatOptions options;
    msg_format_options_defaults(&options);
    options.flags |= LP_SYSLOG_PROTOCOL | LP_EXPECT_HOSTNAME;
    options.flags &= (guint32)~LP_NO_MULTI_LINE;
    msg_format_options_init(&options, cfg);
    static guchar octets[65536 + 1];
    guchar size[4];
    while (fread(size, 1, 4, stdin) == 4) {
        const gsize length = size[0] | (gsize)size[1] << 8 | (gsize)size[2] << 16 | (gsize)size[3] << 24;
        if (length > 65536 || fread(octets, 1, length, stdin) != length) return 1;
        octets[length] = 0;
        read_one(&options, octets, length);
    }
    return 0;
}
