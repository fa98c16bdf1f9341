// What comes in, and how it is kept until it is compared.
#include "collector/witness/witness.hpp"

#include <algorithm>
#include <map>

#include "collector/logs/book_rows.hpp"
#include "collector/logs/log_book.hpp"
#include "collector/store/address_blob.hpp"
#include "collector/store/stored_text.hpp"
#include "collector/witness/login_line.hpp"
#include "rules/logs/black_lines.hpp"

namespace sw {
namespace {

std::uint8_t protocol_number(std::string_view word) {
    constexpr std::uint8_t known[] = {6, 17, 1, 58};
    for (const std::uint8_t proto : known) {
        const std::string name = protocol_name(proto);
        if (std::equal(word.begin(), word.end(), name.begin(), name.end(), [](char a, char b) { return (a | 0x20) == b; })) return proto;
    }
    return 0;
}

Result<std::string> setting(Database& db, std::string_view name) {
    auto row = db.prepare("SELECT value FROM setting WHERE name = ?");
    if (!row) return Unexpected{row.error()};
    auto there = row->bind(1, name).step();
    if (!there) return Unexpected{there.error()};
    return *there ? row->text(0) : std::string();
}

Result<Done> set(Database& db, std::string_view name, std::string_view value) {
    auto row = db.prepare("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
    if (!row) return Unexpected{row.error()};
    return row->bind(1, name).bind(2, value).run();
}

void bind_or_null(Statement& s, int at, const std::optional<std::uint16_t>& n) { n ? s.bind(at, std::int64_t{*n}) : s.bind_null(at); }

}  // namespace

Result<Done> Witness::load(Database& db, const Policy& policy) {
    forget();
    policy_ = &policy;
    const auto until = setting(db, "witness_until");
    if (!until) return Unexpected{until.error()};
    const auto services = setting(db, "witness_services");
    if (!services) return Unexpected{services.error()};
    until_ = written_until_ = {std::strtoll(until->c_str(), nullptr, 10)};
    services_ = written_services_ = *services;
    return Done{};
}

void Witness::forget() {
    lines_.clear();
    flows_.clear();
    settled_lines_.clear();
    settled_flows_.clear();
}

void Witness::line(const LogLine& l, std::size_t index, bool drop) {
    if (drop) {
        const auto packet = dropped_packet(l);
        const auto from = packet ? parse_address(packet->source) : std::nullopt;
        const auto to = packet ? parse_address(packet->destination) : std::nullopt;
        if (!from || !to) return;
        lines_.push_back({index, std::string(l.host), "drop", *from, *to, packet->source_port, packet->destination_port,
                          protocol_number(packet->protocol), l.received, true});
        return;
    }
    if (const auto said = login_line(l))
        lines_.push_back({index, std::string(l.host), said->service, said->peer, {}, said->port, {}, 6, l.received, said->must});
}

void Witness::opening(const OpeningRecord& o) {
    // Only hosts of our own could have a log here.
    if (!policy_->home.empty() && !policy_->is_home(o.tuple.dst)) return;
    flows_.push_back({o, host_name_of(*policy_, o.tuple.dst)});
    until_ = std::max(until_, o.answered);
}

void Witness::sensor_policy(const RunRecord& run) {
    if (run.policy_sha256 == seen_policy_) return;
    seen_policy_ = run.policy_sha256;
    const PolicyLoad load = parse_policy(run.policy_path, run.policy_text);
    if (!load.policy) return;
    std::set<std::string> words;
    for (const Rule& rule : load.policy->rules)
        if (rule.speaks == "ssh" || rule.speaks == "smtp" || rule.speaks == "imap" || rule.speaks == "pop3") words.insert(rule.speaks);
    services_.clear();
    for (const std::string& word : words) (services_ += services_.empty() ? "" : " ") += word;
}

Result<Done> Witness::write(Database& db) {
    if (auto done = write_lines(db); !done) return done;
    if (auto done = write_flows(db); !done) return done;
    if (auto done = write_settled(db); !done) return done;
    if (until_ != written_until_)
        if (auto done = set(db, "witness_until", std::to_string(until_.ns)); !done) return done;
    if (services_ != written_services_)
        if (auto done = set(db, "witness_services", services_); !done) return done;
    written_until_ = until_;
    written_services_ = services_;
    return Done{};
}

Result<Done> Witness::write_lines(Database& db) {
    if (lines_.empty()) return Done{};
    auto row = db.prepare(
        "INSERT INTO witness_line (event, host, service, initiator, sport, responder, dport, proto, received, settled)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    auto seen = db.prepare(
        "INSERT INTO witness (host, service, line) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET line = max(coalesce(line, ?3), ?3)");
    if (!row || !seen) return Unexpected{(!row ? row : seen).error()};
    std::map<std::pair<std::string_view, std::string_view>, Timestamp> last_seen;  // of a host's service
    for (const Line& l : lines_) {
        row->bind(1, first_event_ + static_cast<std::int64_t>(l.index)).bind(2, std::string_view(l.host)).bind(3, l.service);
        row->bind(4, Bytes(address_blob(l.peer)));
        bind_or_null(*row, 5, l.port);
        l.target.family == 0 ? row->bind_null(6) : row->bind(6, Bytes(address_blob(l.target)));
        bind_or_null(*row, 7, l.target_port);
        if (auto done = row->bind(8, std::int64_t{l.proto}).bind(9, l.received.ns).bind(10, std::int64_t{!l.must}).run(); !done)
            return done;
        Timestamp& last = last_seen[{l.host, l.service}];
        last = std::max(last, l.received);
    }
    for (const auto& [whose, last] : last_seen)
        if (auto done = seen->bind(1, whose.first).bind(2, whose.second).bind(3, last.ns).run(); !done) return done;
    return Done{};
}

Result<Done> Witness::write_flows(Database& db) {
    if (flows_.empty()) return Done{};
    auto row = db.prepare(
        "INSERT INTO witness_flow (host, service, initiator, responder, sport, dport, first, answered, rule, provisional)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    auto seen = db.prepare(
        "INSERT INTO witness (host, service, flow) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET flow = max(coalesce(flow, ?3), ?3)");
    if (!row || !seen) return Unexpected{(!row ? row : seen).error()};
    for (const auto& [o, host] : flows_) {
        row->bind(1, std::string_view(host)).bind(2, stored_text(o.service)).bind(3, Bytes(address_blob(o.tuple.src)));
        row->bind(4, Bytes(address_blob(o.tuple.dst))).bind(5, std::int64_t{o.tuple.sport}).bind(6, std::int64_t{o.tuple.dport});
        row->bind(7, o.first.ns).bind(8, o.answered.ns).bind(9, stored_text(o.rule)).bind(10, std::int64_t{o.provisional});
        if (auto done = row->run(); !done) return done;
        if (auto done = seen->bind(1, std::string_view(host)).bind(2, stored_text(o.service)).bind(3, o.answered.ns).run(); !done)
            return done;
    }
    return Done{};
}

/// What was compared stays for others to be compared with, for an hour.
Result<Done> Witness::write_settled(Database& db) {
    auto line = db.prepare("UPDATE witness_line SET settled = 1 WHERE id = ?");
    auto flow = db.prepare("UPDATE witness_flow SET settled = 1 WHERE id = ?");
    auto pair = db.prepare("UPDATE witness SET agreed = agreed + ?3, alone = alone + ?4 WHERE host = ?1 AND service = ?2");
    auto old_lines = db.prepare("DELETE FROM witness_line WHERE received < ?");
    auto old_flows = db.prepare("DELETE FROM witness_flow WHERE answered < ?");
    for (auto* s : {&line, &flow, &pair, &old_lines, &old_flows})
        if (!*s) return Unexpected{s->error()};
    for (const auto& [list, statement] : {std::pair{&settled_lines_, &line}, std::pair{&settled_flows_, &flow}})
        for (const Settled& s : *list) {
            if (auto done = (*statement)->bind(1, s.id).run(); !done) return done;
            (*pair).bind(1, std::string_view(s.host)).bind(2, std::string_view(s.service));
            if (auto done = (*pair).bind(3, std::int64_t{s.agreed}).bind(4, std::int64_t{!s.agreed}).run(); !done) return done;
        }
    const std::int64_t old = (until_ + -kept).ns;
    if (auto done = old_lines->bind(1, old).run(); !done) return done;
    return old_flows->bind(1, old).run();
}

}  // namespace sw
