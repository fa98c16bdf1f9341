/// Programs that were executed, as auditd, snoopy and lastcomm(1) report them.
#include <algorithm>
#include <array>
#include <vector>

#include "rules/logs/black_lines.hpp"
#include "rules/logs/line_scan.hpp"
#include "rules/logs/octet_class.hpp"
#include "rules/logs/template_text.hpp"

namespace sw {
namespace {

constexpr std::size_t most_arguments = 64;
constexpr std::size_t most_octets = 2'048;

/// The value of " key=" or of key= at the front: without its quotes.
std::optional<std::string_view> audit_field(std::string_view text, std::string_view key) {
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        if (at != 0 && text[at - 1] != ' ') continue;
        std::string_view rest = text.substr(at + key.size());
        if (rest.starts_with('"')) {
            const std::size_t end = rest.find('"', 1);
            return end == std::string_view::npos ? std::nullopt : std::optional(rest.substr(1, end - 1));
        }
        // auditd's enriched format goes on behind a group separator, which syslog daemons write #035.
        const std::size_t end = std::min(rest.find_first_of(" \x1d"), rest.find("#035"));
        return rest.substr(0, end);
    }
    return std::nullopt;
}

bool is_record(std::string_view text, std::string_view name, std::string_view number) {
    const auto type = audit_field(text, "type=");
    return type && (*type == name || *type == number);
}

/// execve(2), execveat(2) by architecture, as auditd prints it.
bool is_exec_call(std::string_view text) {
    const auto named = audit_field(text, "SYSCALL=");
    if (named && (*named == "execve" || *named == "execveat")) return true;
    const auto arch = audit_field(text, "arch="), call = audit_field(text, "syscall=");
    if (!arch || !call) return false;
    if (*call == "execve" || *call == "execveat") return true;
    struct Calls {
        std::string_view arch, execve, execveat;
    };
    static constexpr std::array<Calls, 4> known{{{"c000003e", "59", "322"},    // x86-64
                                                 {"40000003", "11", "358"},    // i386
                                                 {"c00000b7", "221", "281"},   // arm64
                                                 {"40000028", "11", "387"}}};  // arm
    return std::any_of(known.begin(), known.end(),
                       [&](const Calls& c) { return c.arch == *arch && (c.execve == *call || c.execveat == *call); });
}

/// An argument that has other than plain characters comes in hexadecimal, without quotes.
std::string unhex(std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i + 1 < value.size(); i += 2) {
        const auto digit = [&](char c) { return is_digit_octet(c) ? c - '0' : (c | 0x20) - 'a' + 10; };
        out += static_cast<char>(digit(value[i]) * 16 + digit(value[i + 1]));
    }
    return out;
}

std::string argument(std::string_view text, const std::string& key) {
    const auto value = audit_field(text, key);
    if (!value) return {};
    const std::size_t at = static_cast<std::size_t>(value->data() - text.data());
    const bool quoted = at > 0 && text[at - 1] == '"';
    const bool hex = !quoted && value->size() >= 2 && value->size() % 2 == 0 &&
                     std::all_of(value->begin(), value->end(), [](char c) { return (octet_class(c) & (octet::digit | octet::hex)) != 0; });
    return hex ? unhex(*value) : std::string(*value);
}

/// With typed holes for what varies: "-n {integer} {path}". What cannot be scanned is told by its size alone.
std::string shape_of(std::string_view program, std::string_view arguments) {
    if (arguments.size() > most_octets) return "(" + std::to_string(arguments.size()) + " octets)";
    LineScan scan;
    LogLine line;
    line.program = program;
    line.text = arguments;
    if (scan.scan(line) != ScanProblem::none) return "(" + std::to_string(arguments.size()) + " octets)";
    return text_of_skeleton(scan.skeleton().substr(scan.origin_octets()));
}

std::optional<Execution> audit_execution(std::string_view text) {
    if (is_record(text, "SYSCALL", "1300") && is_exec_call(text)) {
        const auto exe = audit_field(text, "exe=");
        return Execution{std::string(audit_field(text, "uid=").value_or("")), std::string(exe.value_or("?")), {}};
    }
    if (!is_record(text, "EXECVE", "1309")) return std::nullopt;
    Execution e{{}, argument(text, "a0="), {}};
    std::string all;
    for (std::size_t i = 1; i < most_arguments; ++i) {
        const std::string key = "a" + std::to_string(i) + "=";
        if (!audit_field(text, key)) break;
        all.append(all.empty() ? "" : " ").append(argument(text, key));
    }
    e.arguments = shape_of(e.executable, all);
    return e;
}

/// "[login:amy uid:1000 ... filename:/usr/bin/ls]: ls -l": what stands in the brackets is up to snoopy's settings.
std::optional<Execution> snoopy_execution(std::string_view text) {
    const std::size_t end = text.find("]: ");
    if (!text.starts_with('[') || end == std::string_view::npos) return std::nullopt;
    const std::string_view facts = text.substr(1, end - 1), command = text.substr(end + 3);
    const auto fact = [facts](std::string_view key) {
        std::size_t at = facts.find(key);
        while (at != std::string_view::npos && at != 0 && facts[at - 1] != ' ') at = facts.find(key, at + 1);
        if (at == std::string_view::npos) return std::string_view{};
        const std::string_view rest = facts.substr(at + key.size());
        return rest.substr(0, rest.find(' '));
    };
    std::string_view user = fact("username:");
    if (user.empty()) user = fact("uid:");
    if (user.empty()) user = fact("login:");
    const std::size_t space = command.find(' ');
    std::string_view file = fact("filename:");
    if (file.empty()) file = command.substr(0, space);
    const std::string_view arguments = space == std::string_view::npos ? std::string_view{} : command.substr(space + 1);
    return Execution{std::string(user), std::string(file), shape_of(file, arguments)};
}

/// lastcomm(1): command, flags, user, terminal, "0.02 secs", date. Both Linux' and the BSDs'.
std::optional<Execution> lastcomm_execution(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < text.size() && words.size() < 6;) {
        const std::size_t begin = text.find_first_not_of(' ', at);
        if (begin == std::string_view::npos) break;
        at = std::min(text.find(' ', begin), text.size());
        words.push_back(text.substr(begin, at - begin));
    }
    if (words.size() < 5) return std::nullopt;
    // Flags: letters of -FSDXTPUMEB and so on, or "-" for none; Linux leaves them out where there are none.
    const bool flags = words[1].find_first_not_of("-FSDXTPUMEBcu") == std::string_view::npos && words[1] != "B";
    const std::size_t user = flags ? 2 : 1;
    if (words.size() < user + 4 || words[user + 3] != "secs") return std::nullopt;
    return Execution{std::string(words[user]), std::string(words[0]), {}};
}

}  // namespace

std::optional<Execution> execution(const LogLine& line) {
    const std::string_view p = line.program;
    if (p == "snoopy") return snoopy_execution(line.text);
    if (p == "lastcomm" || p == "acct" || p == "accounting") return lastcomm_execution(line.text);
    // auditd's records come by many names: audit, auditd, audispd, audisp-syslog, tag_audit, the kernel, or none.
    if (line.text.find("type=") == std::string_view::npos || line.text.find("audit(") == std::string_view::npos) return std::nullopt;
    return audit_execution(line.text);
}

}  // namespace sw
