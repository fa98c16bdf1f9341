#pragma once
/// The session ledger: who used a service that a policy wants kept account of, from when to when.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/store/store.hpp"
#include "rules/base/time.hpp"
#include "rules/packet/address.hpp"

namespace sw {

/// Texts are safe to show: they were escaped.
struct Session {
    std::int64_t id = 0;
    std::string journal, rule;
    FiveTuple tuple;                                ///< initiator first
    Timestamp opened, last;                         ///< last: of the last packet that was told of; a live one may have had more since
    std::uint64_t packets[2] = {}, octets[2] = {};  ///< sent by initiator, responder
    std::string state;  ///< live; complete: closed, or idle; cut: not followed to its end; lost: its sensor began anew
    bool provisional = false;
    struct Name {
        std::string by, what, name;  ///< initiator, hello-name, mail.example.org
    };
    std::vector<Name> names;
    std::string policy_sha256;
};

struct LedgerQuery {
    std::vector<std::string> rules = {};  ///< any of; none: all
    std::vector<Prefix> addresses = {};   ///< either end within any of
    std::optional<Timestamp> since = {};  ///< not over before
    std::optional<Timestamp> until = {};  ///< opened not after
    bool live = false;                    ///< only those that live
    std::uint64_t limit = 50;             ///< the newest so many
};

/// The newest so many that the query asks for, the oldest of them first.
/// errors: the store's
/// cost:   an index over the opening time
Result<std::vector<Session>> read_ledger(Store& store, const LedgerQuery& query);
/// How many there are, without the limit.
Result<std::uint64_t> count_ledger(Store& store, const LedgerQuery& query);

}  // namespace sw
