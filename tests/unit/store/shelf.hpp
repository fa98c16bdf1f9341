#pragma once
/// A store with findings put into it by plain SQL, so that the queue is tested without anything that fills one.
#include <filesystem>
#include <string>

#include "collector/store/queue.hpp"

namespace sw::shelf {

/// What a test says of a finding; the rest is alike for all.
struct Row {
    std::string state = "open";
    int severity = 1;
    bool black = false;
    std::string reasons = R"(["no-rule"])", sentence = "198.51.100.7 tried to open tcp to 192.0.2.25 (mail) port 465.",
                direction = "inbound";
    std::string initiator = "198.51.100.7", responder = "192.0.2.25";  ///< "": none
    std::string proto = "tcp";
    int port = 465;  ///< -1: none
    std::string nearest = "smtp-in", rule = "";
    std::int64_t count = 1;
    Timestamp first{1'795'132'800'000'000'000}, last{1'795'132'800'000'000'000};
};

class Shelf {
public:
    Shelf();
    Shelf(const Shelf&) = delete;
    Shelf& operator=(const Shelf&) = delete;
    ~Shelf();

    std::int64_t add(const Row& row = {});
    /// So many alike; gives the first one's number, the others follow.
    std::int64_t add(std::size_t count);
    void sample(std::int64_t finding, std::int64_t ordinal, const std::string& comment);

    Queue queue() { return Queue(store_); }
    Store& store() { return store_; }
    std::string path() const { return folder_ / "store.db"; }
    /// Fails the test where SQLite objects.
    void sql(const std::string& text);
    std::string value(const std::string& query);

private:
    std::filesystem::path folder_;
    Store store_;
};

/// Shorthands for what tests do most.
Result<std::vector<Review>> decide(Shelf& shelf, QueueVerb verb, std::int64_t id, const std::string& analyst = "alice");
std::vector<std::int64_t> matching(Shelf& shelf, const std::string& expression, Timestamp now = {});

}  // namespace sw::shelf
