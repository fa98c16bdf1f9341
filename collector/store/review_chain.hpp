#pragma once
/// The record of decisions: each row's hash covers the row before it, so that what was written cannot be changed unseen.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "collector/store/database.hpp"
#include "collector/store/queue.hpp"

namespace sw::review_chain {

using Hash = std::array<std::uint8_t, 32>;
inline constexpr std::string_view undo_verb = "undo";

/// The row's hash: BLAKE2b-256 over prev and each field by kind, length and value. row: a SELECT of queue_row::review_columns.
Hash hash_of(Bytes prev, const Statement& row);

/// What no record takes: an analyst of other than 1 to 64 octets, a reason of more than 4,096.
std::optional<Error> fault_of(const std::string& analyst, const std::string& reason);

/// Write a decision as the next row, in the caller's transaction, and the finding's state, analyst and version with it.
/// in:  all of review but id and hash   out: those two
Result<Done> append(Database& db, Review& review);

/// All rows of a finding, in order.
Result<std::vector<Review>> of_finding(Database& db, std::int64_t finding);

/// "dismissed by bob at 2026-11-21T23:20:00Z: 'scan' (review 17)", escaped for display.
std::string told(const Review& review);

}  // namespace sw::review_chain
