#include "tests/cli/queue_desk.hpp"

#include "rules/base/text.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {

QueueDesk::QueueDesk() {
    const Ended ended = run(*this, {"--db", "store.db", "replay", "--policy", "policy.toml", "grey.pcap", "black.pcap"});
    INFO(ended.err);
    REQUIRE(ended.code == 1);
}

Ended QueueDesk::watch(std::vector<std::string> words, const Setup& setup) const {
    words.insert(words.begin(), {"--db", "store.db"});
    return run(*this, words, setup);
}

std::vector<Json> QueueDesk::json(std::vector<std::string> words) const {
    words.insert(words.begin(), "--json");
    const Ended ended = watch(std::move(words));
    INFO(ended.err);
    CHECK(is_clean(ended.out));
    return lines_of(ended.out);
}

void QueueDesk::sql(const std::string& text) const {
    auto store = Store::open(at("store.db"), Store::Access::review);
    if (!store) FAIL(store.error().text);
    INFO(text);
    const auto done = store->db().execute(text);
    if (!done) FAIL(done.error().text);
}

bool is_clean(const std::string& text) {
    std::string without;
    for (char c : text)
        if (c != '\n' && c != '\\') without += c;
    return escape_for_display(without) == without;
}

}  // namespace sw::cli
