// How many greylisted packets a second go durably into a store, beside the same rows by plain batched INSERTs. Prints markdown.
//
// store_bench FOLDER [PACKETS]     FOLDER: on the disk to be measured
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/records.hpp"

namespace {

using namespace sw;
using Clock = std::chrono::steady_clock;

constexpr std::size_t frame_octets = 92;

[[noreturn]] void die(const Error& error) {
    fmt::print(stderr, "store_bench: {}\n", error.text);
    std::exit(to_int(error.code));
}

template <class T>
T must(Result<T> result) {
    if (!result) die(result.error());
    return std::move(*result);
}

std::string fresh(const std::string& folder, const std::string& name) {
    const std::string path = folder + "/" + name;
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
    return path;
}

/// Finding of packet n: worst: sixteen of each, so that every packet is kept; attack: a hundred scanners and three floods.
std::uint32_t finding_of(bool worst, std::uint64_t n) {
    if (worst) return static_cast<std::uint32_t>(1 + n / 16);
    const std::uint64_t mixed = (n * 0x9e3779b97f4a7c15u) >> 40;
    return static_cast<std::uint32_t>(mixed % 10 != 0 ? 1 + mixed % 3 : 4 + mixed / 10 % 5000);
}

/// Seconds that this process has computed, in the kernel too.
double cpu() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    return seconds(u.ru_utime) + seconds(u.ru_stime);
}

struct Measured {
    double seconds = 0, cpu = 0;
    std::uint64_t samples = 0;
    std::uintmax_t octets = 0;
};

Measured ingest(const std::string& path, bool worst, std::uint64_t packets) {
    const std::vector<std::uint8_t> octets(frame_octets, 0x41);
    const auto began = Clock::now();
    const double cpu_before = cpu();
    Measured m;
    {
        Store store = must(Store::open(path, Store::Access::ingest));
        Ingest into(store, {.findings = 10'000'000});
        must(into.begin("spool:bench"));
        into.run(test::run_record());
        std::vector<bool> described;
        for (std::uint64_t n = 0; n < packets; ++n) {
            const std::uint32_t f = finding_of(worst, n);
            if (worst && n % 1'000'000 == 0) {  // a run numbers no more findings than a sensor can tell apart
                into.run(test::run_record());
                described.clear();
            }
            const std::uint32_t number = worst ? 1 + (f - 1) % 62'500 : f;
            if (described.size() <= number) described.resize(number + 1);
            if (!described[number]) into.finding(test::finding_record(number, f, static_cast<std::uint16_t>(f % 50'000)));
            described[number] = true;
            into.packet(test::packet_record(number, octets, test::record_start + std::chrono::microseconds(20 * n), n));
            if (into.pending() >= Ingest::comfortable) must(into.commit({1, n + 1}));
        }
        must(into.commit({1, packets}));
        m.samples = into.totals().samples;
    }
    m.seconds = std::chrono::duration<double>(Clock::now() - began).count();
    m.cpu = cpu() - cpu_before;
    m.octets = std::filesystem::file_size(path);
    return m;
}

/// The rows of another store, table by table in batches of as many as Ingest commits, by statements that do nothing else.
double plain_inserts(const std::string& path, const std::string& from) {
    Store source = must(Store::open(from, Store::Access::read));
    const auto rows_of = [&](const std::string& table) {
        std::vector<std::vector<std::string>> rows;
        std::string columns;  // each, and its type behind it
        auto names = must(source.db().prepare("SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid"));
        int count = 0;
        for (; must(names.step()); ++count)
            columns += fmt::format("{}{}, typeof({})", count == 0 ? "" : ", ", names.text(0), names.text(0));
        auto s = must(source.db().prepare(fmt::format("SELECT {} FROM {}", columns, table)));
        while (must(s.step())) {
            auto& row = rows.emplace_back();
            for (int c = 0; c < count; ++c) {
                const char type = s.text(2 * c + 1)[0];
                const Bytes octets = s.blob(2 * c);
                row.push_back(type + (type == 'i' ? std::to_string(s.integer(2 * c)) : std::string(octets.begin(), octets.end())));
            }
        }
        return rows;
    };
    Store store = must(Store::open(path, Store::Access::ingest));
    double seconds = 0;
    for (const std::string table : {"policy", "finding", "finding_count", "sample"}) {
        const auto rows = rows_of(table);
        if (rows.empty()) continue;
        std::string marks = "?";
        for (std::size_t c = 1; c < rows[0].size(); ++c) marks += ", ?";
        const auto began = Clock::now();
        auto insert = must(store.db().prepare("INSERT INTO " + table + " VALUES (" + marks + ")"));
        for (std::size_t at = 0; at < rows.size(); at += Ingest::comfortable) {
            auto transaction = must(Transaction::begin(store.db()));
            for (std::size_t i = at; i < std::min(rows.size(), at + Ingest::comfortable); ++i) {
                for (std::size_t c = 0; c < rows[i].size(); ++c) {
                    const std::string_view v(rows[i][c]);
                    const int place = static_cast<int>(c) + 1;
                    if (v[0] == 'n') insert.bind_null(place);
                    if (v[0] == 'i') insert.bind(place, std::int64_t{std::strtoll(v.data() + 1, nullptr, 10)});
                    if (v[0] == 't') insert.bind_borrowed(place, v.substr(1));
                    if (v[0] == 'b') insert.bind_borrowed(place, Bytes(reinterpret_cast<const std::uint8_t*>(v.data()) + 1, v.size() - 1));
                }
                must(insert.run());
            }
            must(transaction.commit());
        }
        seconds += std::chrono::duration<double>(Clock::now() - began).count();
    }
    return seconds;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const std::string folder = argv[1];
    const std::uint64_t packets = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    fmt::print(
        "| greylisted packets, durable commits | packets | rows kept whole | packets/s | CPU us a packet | plain INSERTs of the same rows, rows/s | store |\n");
    fmt::print("|---|---|---|---|---|---|---|\n");
    for (const bool worst : {true, false}) {
        const std::string path = fresh(folder, "ingest.db"), plain = fresh(folder, "plain.db");
        const Measured m = ingest(path, worst, packets);
        const double by_hand = plain_inserts(plain, path);
        fmt::print("| {} | {} | {} | {:.0f} | {:.1f} | {:.0f} | {} MB |\n",
                   worst ? "worst case: every packet kept" : "attack: floods and scanners", packets, m.samples,
                   static_cast<double>(packets) / m.seconds, m.cpu * 1e6 / static_cast<double>(packets),
                   static_cast<double>(m.samples) / by_hand, m.octets >> 20);
    }
    return 0;
}
