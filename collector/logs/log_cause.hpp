#pragma once
/// What a line's finding is called: what makes it this one and no other, and what people are told.
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/store/ingest.hpp"
#include "rules/logs/log_judge.hpp"
#include "rules/logs/log_line.hpp"
#include "rules/logs/log_reason.hpp"

namespace sw {

/// Made before it is known whether the finding is new: cheap, because a flood makes one a line.
class LogCause {
public:
    /// Of the host as such.
    LogCause(LogReason reason, std::string_view host);

    LogReason reason() const { return reason_; }
    /// What tells it from the host's other findings of this reason; in the order of names. name: lives for ever
    LogCause& with(std::string_view name, std::string_view raw);
    LogCause& with(std::string_view name, std::uint64_t number);
    LogCause& with_escaped(std::string_view name, std::string text);
    /// Stands for many, which have only the named parts in common.
    void keep(std::initializer_list<std::string_view> names);
    bool is_folded() const { return folded_; }

    /// Equal exactly if the cause is.
    const std::string& key() const { return key_; }
    const std::string& host() const { return host_; }  ///< escaped
    /// Of a part that was named, escaped; "" for none.
    std::string_view part(std::string_view name) const;

    /// For the store: shape, reason and severity are the cause's.
    LogFinding finding(std::string sentence) const;

    LogCause& folded();

private:
    LogReason reason_;
    std::string host_, key_;
    std::vector<std::pair<std::string_view, std::string>> parts_;
    bool folded_ = false;
};

/// Back from a finding's shape; nothing for one that is not of lines.
std::optional<LogCause> cause_from_shape(const std::string& shape);

/// Of a grey or black verdict.
LogCause cause_of(const LogVerdict& verdict, const LogLine& line);
/// What it is folded to where its host has too many of its kind: all values of its template, all new templates of a program ...
LogCause fold_of(const LogCause& cause);

/// The part that holds a new value of this hole.
std::string_view value_part(std::size_t hole);

}  // namespace sw
