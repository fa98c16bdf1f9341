#include "collector/export/audit_log.hpp"

#ifdef SPAN_WITH_EVTLOG
#include <fmt/format.h>
#include <glib.h>  // before the next: it would be included as C
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

#include <cerrno>
#include <cstring>

#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

extern "C" {
#include <evtlog.h>
}

namespace sw {
namespace {

constexpr const char* program = "span-watcher";

// The C library would try the same, in this order, and keep silent about it.
int connect_error() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, "/dev/log");
    int why = 0;
    for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
        const UniqueFd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
        if (fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return 0;
        why = errno;
        if (why != EPROTOTYPE) break;
    }
    return why;
}

}  // namespace

struct AuditLog::Connection {
    explicit Connection(EVTCONTEXT* c) : context(c) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        evt_ctx_free(context);
        ::closelog();
    }
    EVTCONTEXT* context;
};

AuditLog::AuditLog() {
    if (const int why = connect_error(); why != 0) {
        problem_ = fmt::format("decisions are not told to the syslog: /dev/log: {} (the store is the record)", std::strerror(why));
        return;
    }
    ::openlog(program, LOG_NDELAY | LOG_PID, LOG_AUTHPRIV);  // no connection can be made once confined
    if (EVTCONTEXT* context = evt_ctx_init(program, EVT_FAC_AUTHPRIV); context != nullptr)
        connection_ = std::make_unique<Connection>(context);
    else
        problem_ = "decisions are not told to the syslog: out of memory (the store is the record)";
}

AuditLog::~AuditLog() = default;

void AuditLog::decided(const Review& r) {
    if (!connection_) return;
    EVTREC* record = evt_rec_init(connection_->context, EVT_PRI_NOTICE, fmt::format("queue {}", r.verb).c_str());
    if (record == nullptr) return;
    evt_rec_add_tag(record, evt_tag_str("analyst", escape_for_display(r.analyst).c_str()));
    evt_rec_add_tag(record, evt_tag_long("finding", r.finding));
    evt_rec_add_tag(record, evt_tag_str("reason", escape_for_display(r.reason).c_str()));
    evt_rec_add_tag(record, evt_tag_long("review", r.id));
    evt_rec_add_tag(record, evt_tag_str("head", r.hash.c_str()));
    evt_log(record);  // frees it; its answer is always yes
}

}  // namespace sw
#else

namespace sw {

struct AuditLog::Connection {};

AuditLog::AuditLog() : problem_("decisions are not told to the syslog: built without libevtlog (the store is the record)") {}
AuditLog::~AuditLog() = default;
void AuditLog::decided(const Review&) {}

}  // namespace sw
#endif
