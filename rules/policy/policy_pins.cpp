/// pin: what a rule's conversations must show.
#include <algorithm>
#include <array>

#include "rules/base/pattern.hpp"
#include "rules/policy/policy_reader.hpp"

namespace sw {
namespace {

/// Each pin, and which protocols show it: with TLS in them, or behind their STARTTLS.
struct Row {
    std::string_view key;
    std::string_view shown_by;  ///< words between blanks
    std::string_view example;
};
constexpr std::string_view with_tls = " tls smtp imap pop3 ";
constexpr std::array rows{
    Row{"banner", " smtp imap pop3 ", "banner = '220 mail[.]example ESMTP.*'"},
    Row{"hello", " smtp ", "hello = \"mail.example\""},
    Row{"server_name", with_tls, "server_name = \"mail.example\""},
    Row{"alpn", with_tls, "alpn = \"imap\""},
    Row{"certificate", with_tls, "certificate = \"aa:bb:...\" (openssl x509 -noout -fingerprint -sha256)"},
    Row{"certificate_name", with_tls, "certificate_name = \"mail.example\""},
    Row{"tls", with_tls, "tls = \"1.2\""},
    Row{"ident", " ssh ", "ident = 'SSH-2[.]0-OpenSSH_9.*'"},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// What may stand in a host's name, or in an address literal.
bool is_host(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view("-._[]:").find(c) != std::string_view::npos;
}

class PinReader {
public:
    PinReader(Pins& pins, Report& report) : pins_(pins), report_(report) {}

    void read(const TomlEntry& entry, const Row& row) {
        if (row.key == "banner") pattern(entry.value, row, pins_.banner);
        if (row.key == "ident") pattern(entry.value, row, pins_.ident);
        if (row.key == "tls") version(entry.value, row);
        if (row.key == "hello") list(entry.value, row, pins_.hello, &PinReader::host);
        if (row.key == "server_name") list(entry.value, row, pins_.server_name, &PinReader::host);
        if (row.key == "certificate_name") list(entry.value, row, pins_.certificate_name, &PinReader::host);
        if (row.key == "certificate") list(entry.value, row, pins_.certificate, &PinReader::digest);
        if (row.key == "alpn") list(entry.value, row, pins_.alpn, &PinReader::word);
    }

private:
    using Canonical = std::string (*)(const std::string&);

    /// "" for what is none.
    static std::string host(const std::string& text) {
        std::string name = text;
        std::transform(name.begin(), name.end(), name.begin(), lower);
        return name.size() <= 255 && std::all_of(name.begin(), name.end(), is_host) ? name : "";
    }
    static std::string digest(const std::string& text) {
        std::string hex;
        for (const char c : text)
            if (c != ':') hex += lower(c);
        return hex.size() == 64 && std::all_of(hex.begin(), hex.end(), is_hex) ? hex : "";
    }
    static std::string word(const std::string& text) { return text.size() <= 255 ? text : ""; }

    void list(const TomlValue& value, const Row& row, std::vector<std::string>& out, Canonical canonical) {
        if (value.kind == TomlValue::Kind::string) return item(value, row, out, canonical);
        if (!report_.expect(value, TomlValue::Kind::array, row.key, row.example)) return;
        if (value.items.empty())
            report_.error(value.span, "empty-list", std::string(row.key) + " pins nothing", "as in: " + std::string(row.example));
        if (value.items.size() > max_values)
            return report_.error(value.span, "limit", std::string(row.key) + " has more than 4,096 values");
        for (const TomlValue& i : value.items) item(i, row, out, canonical);
    }
    void item(const TomlValue& value, const Row& row, std::vector<std::string>& out, Canonical canonical) {
        const std::string* text = report_.plain_string(value, row.key);
        if (text == nullptr) return;
        std::string made = canonical(*text);
        if (made.empty())
            return report_.error(value.span, "bad-value", "\"" + *text + "\" cannot be a " + std::string(row.key),
                                 "as in: " + std::string(row.example));
        if (std::find(out.begin(), out.end(), made) == out.end()) out.push_back(std::move(made));
    }
    void pattern(const TomlValue& value, const Row& row, std::string& out) {
        const std::string* text = report_.plain_string(value, row.key);
        if (text == nullptr) return;
        if (auto compiled = Pattern::compile(*text); !compiled)
            return report_.error(value.span, "bad-pattern", std::string(row.key) + ": " + compiled.error().text,
                                 "as in: " + std::string(row.example));
        if (text->empty())
            return report_.error(value.span, "bad-value", std::string(row.key) + " is empty", "as in: " + std::string(row.example));
        out = *text;
    }
    void version(const TomlValue& value, const Row& row) {
        const std::string* text = report_.plain_string(value, row.key);
        if (text == nullptr) return;
        static const std::vector<std::string_view> versions{"1.0", "1.1", "1.2", "1.3"};
        if (std::find(versions.begin(), versions.end(), *text) == versions.end())
            return report_.error(value.span, "bad-value", "\"" + *text + "\" is no version of TLS", propose(*text, versions));
        pins_.tls = *text;
    }

    Pins& pins_;
    Report& report_;
};

bool shows(const Row& row, const std::string& protocol) {
    return !protocol.empty() && row.shown_by.find(" " + protocol + " ") != std::string_view::npos;
}

}  // namespace

void read_pins(const TomlEntry& entry, const Rule& rule, Pins& pins, Report& report) {
    if (rule.kind != RuleKind::allow)
        return report.error(entry.span, "pin-ignored", "only conversations show what can be pinned", "remove it");
    if (!report.expect(entry.value, TomlValue::Kind::table, "pin", "pin = { banner = '220 mail[.]example .*' }")) return;
    if (rule.speaks.empty())
        return report.error(entry.span, "pin-not-shown", "this rule names no protocol, so nobody reads what could be pinned",
                            "speaks = \"smtp\"");
    PinReader reader(pins, report);
    for (const TomlEntry& pin : entry.value.entries) {
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.key == pin.key; });
        if (row == rows.end()) {
            report.unknown_key(pin, "pin", {"banner", "hello", "server_name", "alpn", "certificate", "certificate_name", "tls", "ident"});
        } else if (!shows(*row, rule.speaks)) {
            report.error(pin.span, "pin-not-shown", "a conversation that speaks " + rule.speaks + " shows no " + pin.key, "remove it");
        } else {
            reader.read(pin, *row);
        }
    }
    if (pins.tls == "1.3" && !(pins.certificate.empty() && pins.certificate_name.empty()))
        report.warning(entry.span, "pin-unseen", "TLS 1.3 hides the certificate: what is pinned of it is never compared",
                       "remove it, or tls = \"1.2\"");
}

}  // namespace sw
