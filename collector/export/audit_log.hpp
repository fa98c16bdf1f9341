#pragma once
/// Decisions, told to the local syslog through syslog-ng's client library (libevtlog), where it is built in. The store is the
/// record; this is a copy. evt_log() says success even when nothing listens, so that is asked first.
#include <memory>
#include <string>

#include "collector/store/queue.hpp"

namespace sw {

/// One at a time in a process: the C library has one connection to the syslog.
class AuditLog {
public:
    /// Before confinement: connects to /dev/log. Never fails; problem() says why nothing will be sent.
    AuditLog();
    ~AuditLog();
    AuditLog(const AuditLog&) = delete;
    AuditLog& operator=(const AuditLog&) = delete;

    /// One message, facility authpriv, severity notice:
    /// queue dismiss; analyst='amy', finding='12', reason='...', review='7', head='ab12...'
    /// It may be lost (the syslog ended since): nobody is told.
    void decided(const Review& review);
    /// "" or one line: not built in, no /dev/log, nobody listens.
    const std::string& problem() const { return problem_; }

private:
    struct Connection;
    std::unique_ptr<Connection> connection_;
    std::string problem_;
};

}  // namespace sw
