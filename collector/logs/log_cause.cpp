#include "collector/logs/log_cause.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rules/base/text.hpp"

namespace sw {

LogCause::LogCause(LogReason reason, std::string_view host) : reason_(reason), host_(escape_for_display(host)), key_(info(reason).slug) {
    (key_ += '\0') += host_;
}

LogCause& LogCause::with(std::string_view name, std::string_view raw) { return with_escaped(name, escape_for_display(raw)); }

/// No escaped text holds a NUL: parts cannot run into each other.
LogCause& LogCause::with_escaped(std::string_view name, std::string text) {
    (((key_ += '\0') += name) += '=') += text;
    parts_.emplace_back(name, std::move(text));
    return *this;
}

LogCause& LogCause::with(std::string_view name, std::uint64_t number) { return with(name, std::to_string(number)); }

void LogCause::keep(std::initializer_list<std::string_view> names) {
    std::vector<std::pair<std::string_view, std::string>> all;
    all.swap(parts_);
    key_ = info(reason_).slug;
    (key_ += '\0') += host_;
    for (auto& [name, text] : all)
        if (std::find(names.begin(), names.end(), name) != names.end()) with_escaped(name, std::move(text));
    folded();
}

LogCause& LogCause::folded() {
    folded_ = true;
    (key_ += '\0') += '*';
    return *this;
}

std::string_view LogCause::part(std::string_view name) const {
    for (const auto& [known, value] : parts_)
        if (known == name) return value;
    return {};
}

LogFinding LogCause::finding(std::string sentence) const {
    nlohmann::json shape{{"kind", "log"}, {"reason", info(reason_).slug}, {"host", host_}};
    for (const auto& [name, value] : parts_) shape[std::string(name)] = value;
    if (folded_) shape["folded"] = true;
    LogFinding f;
    f.shape = shape.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    f.reason = info(reason_).slug;
    f.severity = info(reason_).severity;
    f.black = reason_ == LogReason::black || reason_ == LogReason::forbidden;
    f.folded = folded_;
    f.sentence = std::move(sentence);
    return f;
}

namespace {

/// Names of parts live for ever.
std::string_view part_name(std::string_view name) {
    constexpr std::string_view known[] = {"program", "template", "black",   "source", "destination", "protocol", "port",
                                          "rule",    "claimed",  "service", "marker", "peer",        "boot",     "of"};
    for (const std::string_view k : known)
        if (k == name) return k;
    for (std::size_t hole = 0; hole < 256; ++hole)
        if (value_part(hole) == name) return value_part(hole);
    return {};
}

}  // namespace

std::optional<LogCause> cause_from_shape(const std::string& shape) {
    const nlohmann::json o = nlohmann::json::parse(shape, nullptr, false);
    if (!o.is_object() || o.value("kind", "") != "log" || !o.contains("host") || !o["host"].is_string()) return std::nullopt;
    const auto reason = log_reason_from_slug(o.contains("reason") && o["reason"].is_string() ? o["reason"].get<std::string>() : "");
    const auto host = unescape_display(o["host"].get<std::string>());
    if (!reason || !host) return std::nullopt;
    LogCause cause(*reason, *host);
    for (const auto& [name, value] : o.items())
        if (const std::string_view known = part_name(name); !known.empty() && value.is_string())
            cause.with_escaped(known, value.get<std::string>());
    if (o.contains("folded")) cause.folded();
    return cause;
}

std::string_view value_part(std::size_t hole) {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (int i = 0; i < 256; ++i) all.push_back(fmt::format("value {}", i));
        return all;
    }();
    return names[std::min<std::size_t>(hole, 255)];
}

namespace {

/// A drop is told by who tried to reach whom, not by the port that the system picked for it.
void add_drop(LogCause& cause, const DroppedPacket& p) {
    cause.with("source", p.source).with("destination", p.destination).with("protocol", p.protocol);
    if (p.destination_port) cause.with("port", *p.destination_port);
}

void add_black(LogCause& cause, const LogVerdict& verdict, const LogLine& line) {
    cause.with("black", verdict.black->slug);
    if (const auto dropped = dropped_packet(line))
        add_drop(cause, *dropped);
    else
        cause.with("program", line.program);
}

}  // namespace

LogCause cause_of(const LogVerdict& verdict, const LogLine& line) {
    LogCause cause(*verdict.reason, line.host);
    switch (*verdict.reason) {
        case LogReason::new_template:
        case LogReason::new_execution:
            cause.with("program", line.program)
                .with("template", verdict.found != nullptr ? std::string_view(verdict.found->text) : line.text);
            break;
        case LogReason::new_value:
            cause.with("program", line.program).with("template", verdict.found->text);
            for (const NewValue& v : verdict.values) cause.with(value_part(v.hole), v.value);
            break;
        case LogReason::black:
            add_black(cause, verdict, line);
            break;
        case LogReason::forbidden:
            cause.with("rule", verdict.match.rule != nullptr ? verdict.match.rule->label() : std::string());
            break;
        case LogReason::flood:
            break;
        default:
            cause.with("program", line.program);
    }
    return cause;
}

LogCause fold_of(const LogCause& cause) {
    LogCause fold(cause);
    fold.keep({"program", cause.reason() == LogReason::new_value ? "template" : "", "black", "service"});
    return fold;
}

}  // namespace sw
