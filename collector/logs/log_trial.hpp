#pragma once
/// How a line would be judged, and what it was compared with: nothing is kept, nothing counts.
#include <memory>
#include <string>
#include <vector>

#include "collector/logs/log_book.hpp"

namespace sw {

struct Trial {
    std::string host, program, text;  ///< as read; escaped
    LogVerdict::Kind kind = LogVerdict::Kind::grey;
    std::string reason;    ///< slug; "" if it is none
    std::string sentence;  ///< what a finding would say, or by what it passes
    std::string found;     ///< the template that it has, or would be
    std::vector<std::string> why;
};

class LogTrial {
public:
    /// store: what hosts are known to say, or nullptr. errors: the store's
    static Result<LogTrial> make(Store* store, const LogRules& rules);

    /// host: who says it; "": as it claims, or "unknown"
    Trial judge(std::string_view octets, std::string_view host, Timestamp now);

private:
    explicit LogTrial(LogRules rules) : rules_(std::move(rules)) {}
    LogRules rules_;
    std::unique_ptr<LogBook> book_;
    std::unique_ptr<Store> scratch_;
};

}  // namespace sw
