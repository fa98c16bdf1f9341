/// What a person reads of a log finding.
#include "rules/base/text.hpp"
#include "rules/logs/log_judge.hpp"

namespace sw {
namespace {

constexpr std::size_t shown_octets = 200;

/// Raw octets in quotes, escaped; cut if they are many.
std::string shown(std::string_view raw) {
    const bool cut = raw.size() > shown_octets;
    return "\"" + escape_for_display(raw.substr(0, shown_octets)) + (cut ? "...\"" : "\"");
}

/// A template's text is escaped already.
std::string shown_template(const LogTemplate& t) {
    return t.text.size() <= 2 * shown_octets ? "\"" + escape_again(t.text) + "\""
                                             : "\"" + escape_again(t.text.substr(0, 2 * shown_octets)) + "...\"";
}

std::string new_values(const LogVerdict& v) {
    std::string out;
    for (const NewValue& n : v.values) {
        out.append(out.empty() ? "" : ", and ").append(info(n.kind).word).append(" ").append(shown(n.value));
        if (n.full) out += " (of more values than are kept)";
    }
    return out;
}

std::string execution_words(const Execution& e) {
    std::string out = shown(e.executable);
    if (!e.arguments.empty()) out += " with " + shown(e.arguments);
    if (!e.user.empty()) out += " as user " + shown(e.user);
    return out;
}

}  // namespace

std::string_view to_string(LogVerdict::Kind k) {
    switch (k) {
        case LogVerdict::Kind::known:
            return "known";
        case LogVerdict::Kind::allowed:
            return "allowed";
        case LogVerdict::Kind::learnt:
            return "learnt";
        case LogVerdict::Kind::grey:
            return "grey";
        case LogVerdict::Kind::black:
            return "black";
    }
    return "grey";
}

std::string sentence(const LogVerdict& v, const LogLine& line) {
    const std::string host = line.host.empty() ? "a host without a name" : escape_for_display(line.host);
    const std::string program = line.program.empty() ? "" : ": " + escape_for_display(line.program);
    if (!v.reason) return host + program + ": " + std::string(to_string(v.kind));
    switch (*v.reason) {
        case LogReason::black:
            return host + " reports that " + std::string(v.black ? v.black->sentence : "") + program + " " + shown(line.text);
        case LogReason::forbidden:
            return host + " said what the policy forbids (" + (v.match.rule != nullptr ? escape_for_display(v.match.rule->label()) : "") +
                   ")" + program + " " + shown(line.text);
        case LogReason::new_execution:
            return host + " ran a program that it never ran before: " + (v.run ? execution_words(*v.run) : "");
        case LogReason::new_value:
            return host + program + " said " + (v.found != nullptr ? shown_template(*v.found) : "") +
                   " with a value never seen there: " + new_values(v);
        case LogReason::new_template:
            return host + program +
                   " said something that it never said before: " + (v.found != nullptr ? shown_template(*v.found) : shown(line.text));
        default:
            return host + " " + std::string(info(*v.reason).sentence) + program + " " + shown(line.text);
    }
}

}  // namespace sw
