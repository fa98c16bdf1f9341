#include "collector/witness/login_line.hpp"

#include <charconv>

namespace sw {
namespace {

std::string_view before(std::string_view text, std::string_view mark) { return text.substr(0, text.find(mark)); }

std::optional<std::uint16_t> port_at(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end == text.data() || port == 0) return std::nullopt;
    return port;
}

bool is_own(const Address& a) {
    static const Address loopback6 = *parse_address("::1");
    return a.family == 4 ? a.octets[0] == 127 : a == loopback6;
}

std::optional<LoginLine> made(std::string_view service, std::string_view address, std::optional<std::uint16_t> port, bool must) {
    const auto peer = parse_address(address);
    if (!peer || is_own(*peer)) return std::nullopt;
    return LoginLine{service, *peer, port, must};
}

/// "ADDRESS port N", at the end of text but for what stands behind the number.
std::optional<LoginLine> address_and_port(std::string_view text, bool last, bool must) {
    constexpr std::string_view mark = " port ";
    const std::size_t at = last ? text.rfind(mark) : text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view front = text.substr(0, at);
    const std::string_view address = front.substr(front.rfind(' ') + 1);  // npos + 1 is 0
    const auto port = port_at(text.substr(at + mark.size()));
    if (!port) return std::nullopt;
    return made("ssh", address, port, must);
}

/// OpenSSH's messages. In most, what a client chose (its user name) stands in front of the address: the last one counts. In
/// those that end with a client's own words it stands behind: the first one counts.
std::optional<LoginLine> ssh_line(std::string_view text) {
    struct Message {
        std::string_view begins;
        bool last, must;
    };
    constexpr Message messages[] = {
        {"Accepted ", true, true},
        {"Failed ", true, false},
        {"Invalid user ", true, false},
        {"Postponed ", true, false},
        {"Partial ", true, false},
        {"Connection from ", false, false},
        {"Connection closed by ", true, false},
        {"Connection reset by ", true, false},
        {"Disconnected from ", true, false},
        {"Received disconnect from ", false, false},
        {"Disconnecting ", false, false},
        {"Did not receive identification string from ", true, false},
        {"Unable to negotiate with ", false, false},
        {"banner exchange: Connection from ", false, false},
        {"kex_exchange_identification: ", true, false},
        {"Bad protocol version identification ", true, false},
        {"Protocol major versions differ for ", false, false},
        {"error: maximum authentication attempts exceeded for ", true, false},
        {"maximum authentication attempts exceeded for ", true, false},
        {"Timeout before authentication for ", true, false},
    };
    for (const Message& m : messages)
        if (text.starts_with(m.begins)) return address_and_port(text.substr(m.begins.size()), m.last, m.must);
    return std::nullopt;
}

/// "...[ADDRESS]" or "...[ADDRESS]:PORT": in front of the bracket stands the peer's name by DNS, which holds no bracket.
std::optional<LoginLine> bracketed(std::string_view text, bool must) {
    const std::size_t open = text.find('['), close = text.find(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
    const std::string_view rest = text.substr(close + 1);
    return made("smtp", text.substr(open + 1, close - open - 1), rest.starts_with(':') ? port_at(rest.substr(1)) : std::nullopt, must);
}

std::optional<LoginLine> postfix_line(std::string_view program, std::string_view text) {
    if (program.ends_with("/postscreen"))
        return text.starts_with("CONNECT from ") ? bracketed(before(text.substr(13), " to ["), true) : std::nullopt;
    if (!program.ends_with("/smtpd")) return std::nullopt;
    if (text.starts_with("connect from ")) return bracketed(text.substr(13), true);
    if (text.starts_with("disconnect from ")) return bracketed(text.substr(16), false);
    if (text.starts_with("lost connection after ") || text.starts_with("timeout after ") || text.starts_with("SSL_accept error from "))
        return bracketed(text.substr(std::min(text.find(" from "), text.size())), false);
    return std::nullopt;
}

/// OpenSMTPD: "a1b2c3d4e5f60718 smtp connected address=192.0.2.9 host=mx.example.net"
std::optional<LoginLine> opensmtpd_line(std::string_view text) {
    const std::size_t blank = text.find(' ');
    constexpr std::string_view mark = "smtp connected address=";
    if (blank == std::string_view::npos || !text.substr(blank + 1).starts_with(mark)) return std::nullopt;
    return made("smtp", before(text.substr(blank + 1 + mark.size()), " "), std::nullopt, true);
}

/// "imap-login: Login: user=<amy>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.25, ...": the user's name stands in front, and behind
/// rip nothing has a blank that a client chose.
std::optional<LoginLine> dovecot_line(std::string_view program, std::string_view text) {
    if (program == "dovecot") {
        program = before(text, ": ");
        text = text.substr(std::min(program.size() + 2, text.size()));
    }
    const std::string_view service = program == "imap-login" ? "imap" : program == "pop3-login" ? "pop3" : "";
    const std::size_t at = text.rfind(" rip=");
    if (service.empty() || at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(at + 5);
    return made(service, rest.substr(0, rest.find_first_of(", ")), std::nullopt,
                text.starts_with("Login: ") || text.starts_with("Logged in: "));
}

}  // namespace

std::optional<LoginLine> login_line(const LogLine& line) {
    const std::string_view program = line.program;
    if (program == "sshd" || program == "sshd-session" || program == "sshd-auth") return ssh_line(line.text);
    if (program.starts_with("postfix")) return postfix_line(program, line.text);
    if (program == "smtpd") return opensmtpd_line(line.text);
    if (program == "dovecot" || program == "imap-login" || program == "pop3-login") return dovecot_line(program, line.text);
    return std::nullopt;
}

}  // namespace sw
