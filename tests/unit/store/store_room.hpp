#pragma once
/// A folder with a store in it.
#include <string>
#include <vector>

#include "tests/cli/folder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/records.hpp"

namespace sw::test {

inline Store open_store(const std::string& path, Store::Access access = Store::Access::ingest) {
    auto store = Store::open(path, access);
    if (!store) FAIL(store.error().text);
    return std::move(*store);
}

/// The error's code and text; the test fails where there is none.
inline Error refusal_of(const std::string& path, Store::Access access) {
    auto store = Store::open(path, access);
    if (store) FAIL("opened " << path);
    return store.error();
}

/// A store and its ingest, told of a run.
struct Room {
    cli::Folder folder;
    Store store;
    Ingest ingest;
    const std::vector<std::uint8_t> octets = std::vector<std::uint8_t>(60, 0x41);

    explicit Room(const SampleLimits& limits = {}) : store(open_store(path())), ingest(store, limits) { begin("capture:aa"); }
    std::string path() const { return folder.at("week.db"); }
    Ingest::Progress begin(const std::string& journal, const std::string& policy = "aa") {
        auto progress = ingest.begin(journal);
        if (!progress) FAIL(progress.error().text);
        ingest.run(run_record(policy));
        return *progress;
    }
    void commit(std::uint64_t offset, bool complete = false) {
        const auto done = ingest.commit({1, offset}, complete);
        if (!done) FAIL(done.error().text);
    }
    void packets(std::uint32_t finding, std::uint64_t count, Timestamp from = record_start) {
        for (std::uint64_t i = 0; i < count; ++i) ingest.packet(packet_record(finding, octets, from + std::chrono::seconds(i), i + 1));
    }
    std::string rows(const std::string& sql) { return rows_of(store.db(), sql); }
};

}  // namespace sw::test
