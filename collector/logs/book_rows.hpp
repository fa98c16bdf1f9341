#pragma once
/// Rows of the log tables as values, and back. Private to this room.
#include <optional>
#include <string>
#include <string_view>

#include "collector/store/database.hpp"
#include "rules/logs/boot_tracker.hpp"
#include "rules/logs/log_template.hpp"
#include "rules/packet/address.hpp"

namespace sw {

template <class Take>
Result<Done> each_row(Statement& statement, Take take) {
    for (;;) {
        const auto row = statement.step();
        if (!row) return Unexpected{row.error()};
        if (!*row) return Done{};
        take(statement);
    }
}

template <class Take>
Result<Done> each_row(Database& db, std::string_view sql, Take take) {
    auto statement = db.prepare(sql);
    if (!statement) return Unexpected{statement.error()};
    return each_row(*statement, take);
}

inline std::string octets_of(const Statement& row, int column) {
    const Bytes octets = row.blob(column);
    return {octets.begin(), octets.end()};
}

inline Bytes as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

/// Family 0 for what is none.
Address address_from_blob(Bytes octets);
std::optional<BootPhase> boot_phase_from(std::string_view word);

/// id, host, program, text, holes, count, first, last, approved
LogTemplate template_from(const Statement& row);
/// "user source integer"
std::string holes_word(const LogTemplate& t);
/// An empty value opens the hole.
void add_value(LogTemplate& t, std::size_t hole, std::string value);

}  // namespace sw
