#pragma once
/// A store and the one LogIngest that fills it, with a policy that names two hosts.
#include <memory>
#include <string>
#include <string_view>

#include "collector/logs/log_ingest.hpp"
#include "collector/logs/rules_files.hpp"
#include "collector/store/queue.hpp"
#include "rules/policy/policy.hpp"
#include "tests/unit/logs/lines.hpp"
#include "tests/unit/store/store_room.hpp"

namespace sw::test {

inline LogRules rules_of(std::string_view more = {}) {
    PolicyLoad load =
        parse_policy("policy.toml", "[names]\nmail = [\"192.0.2.25\", \"2001:db8:1::25\"]\nfirewall = \"192.0.2.1\"\n" + std::string(more));
    for (const Diagnostic& d : load.diagnostics) UNSCOPED_INFO(d.message);
    REQUIRE(load.policy);
    auto made = make_log_rules(std::move(*load.policy));
    if (!made) FAIL(made.error().text);
    return made->rules;
}

struct LogRoom {
    cli::Folder folder;
    LogRules rules;
    LogIngestOptions options;
    Store store;
    std::unique_ptr<LogIngest> ingest;
    Timestamp now = noon;  ///< of the next line

    explicit LogRoom(std::string_view policy = {}, LogIngestOptions how = {})
        : rules(rules_of(policy)), options(std::move(how)), store(open_store(path())) {
        options.program = "test";
        reopen();
    }
    std::string path() const { return folder.at("week.db"); }
    void reopen() {
        ingest.reset();
        auto opened = LogIngest::open(store, rules, options);
        if (!opened) FAIL(opened.error().text);
        ingest = std::move(*opened);
    }

    /// As it came, a second after the last one.
    void message(std::string_view octets, std::string_view from = "192.0.2.25", LogVia via = LogVia::udp) {
        ingest->line({.via = via,
                      .source = from.empty() ? Address{} : *parse_address(from),
                      .mac = {},
                      .received = now,
                      .octets = {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()},
                      .broken = {}});
        now = now + std::chrono::seconds{1};
    }
    /// "program: text" of the host mail, with nothing odd about it.
    void say(std::string_view text, std::string_view from = "192.0.2.25") {
        message("<30>1 " + to_rfc3339(now) + " - " + fields(text), from);
    }
    void commit(std::span<const LogPosition> positions = {}) {
        const auto done = ingest->commit(positions, now);
        if (!done) FAIL(done.error().text);
    }
    std::string rows(const std::string& sql) { return rows_of(store.db(), sql); }
    /// "reason host count", a line a finding that is no learning.
    std::string findings() {
        return rows(
            "SELECT json_extract(reasons, '$[0]') || ' ' || json_extract(shape, '$.host') || ' ' || count FROM finding"
            " WHERE reasons <> '[\"log-learnt\"]' ORDER BY id");
    }
    std::int64_t finding(std::string_view reason) {
        const std::string id = rows("SELECT max(id) FROM finding WHERE reasons = '[\"" + std::string(reason) + "\"]'");
        REQUIRE_FALSE(id.empty());
        return std::stoll(id);
    }
    Queue queue() { return Queue(store); }
    Decision by(QueueVerb verb, std::string_view reason = "seen") {
        Decision d;
        d.verb = verb;
        d.analyst = "alice";
        d.reason = reason;
        return d;
    }
    /// Another person's terminal.
    template <class Act>
    void elsewhere(Act act) {
        Store other = open_store(path(), Store::Access::review);
        act(other);
    }

private:
    static std::string fields(std::string_view text) {
        const std::size_t colon = text.find(": ");
        return std::string(text.substr(0, colon)) + " - - - " + std::string(text.substr(colon + 2));
    }
};

}  // namespace sw::test
