// How many log lines a second go from a log spool durably into a store: JSON read, parsed, judged as known, kept, committed. Prints a row
// of markdown.
//
// spool_bench FOLDER LINES_FILE [LINES]     FOLDER: on the disk to be measured; the lines of the file are sent again and again
#include <fmt/format.h>
#include <sodium.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "collector/logs/rules_files.hpp"
#include "collector/sources/spool_folder.hpp"

namespace {

using namespace sw;
using Clock = std::chrono::steady_clock;

constexpr std::size_t rounds = 3;
constexpr std::int64_t noon = 1'795'867'200;  // 2026-11-28, when the lines were said

[[noreturn]] void die(const Error& error) {
    fmt::print(stderr, "spool_bench: {}\n", error.text);
    std::exit(to_int(error.code));
}

template <class T>
T must(Result<T> result) {
    if (!result) die(result.error());
    return std::move(*result);
}

double cpu() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    return seconds(u.ru_utime) + seconds(u.ru_stime);
}

std::string base64(const std::string& octets) {
    std::string out(sodium_base64_encoded_len(octets.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    out.pop_back();
    return out;
}

/// The line as a host with a right clock says it now: a wrong one is a finding, once a line.
std::string said_now(const std::string& line, std::int64_t now) {
    const auto clock = now - noon;  // seconds behind noon
    return fmt::format("<30>Nov 28 12:{:02}:{:02}{}", clock / 60, clock % 60, std::string_view(line).substr(15));
}

/// As syslog-ng writes it by our template. A file is known by its name and its front, so two spools have no name in common.
void write_spool(const std::string& folder, const std::string& name, const std::vector<std::string>& lines, std::size_t count) {
    std::filesystem::create_directories(folder);
    std::ofstream file(folder + "/" + name);
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t now = noon + static_cast<std::int64_t>(i / 100'000);
        file << fmt::format(R"({{"v":1,"recv":"{}.{:06}","src":"192.0.2.25","via":"udp","raw":"{}"}})", now, i % 100'000 * 10,
                            base64(said_now(lines[i % lines.size()], now)))
             << '\n';
    }
    if (!file.flush()) die({ExitCode::environment, "cannot write " + folder});
}

std::uint64_t take(Store& store, const std::string& spool, bool learn, LogTotals& totals) {
    LogIngestOptions how;
    how.learn = learn;
    how.marker = "bench";
    how.program = "spool_bench";
    auto ingest = must(LogIngest::open(store, no_log_rules(), how));
    SpoolFolder source(spool, [](Severity, const char*, const std::string& sentence, std::uint64_t) { die({ExitCode::input, sentence}); });
    std::vector<LogPosition> positions;
    std::uint64_t lines = 0;
    for (std::size_t n = 1; n > 0; lines += n) {
        n = must(source.read(*ingest, 2'000));
        if (ingest->pending() < LogIngest::comfortable && n > 0) continue;
        positions.clear();
        source.positions(positions);
        must(ingest->commit(positions, ingest->last_received()));
        source.committed();
    }
    totals = ingest->totals();
    return lines;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3 || sodium_init() < 0) return 2;
    const std::string folder = argv[1];
    const std::size_t count = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 500'000;
    std::vector<std::string> lines;
    std::ifstream file(argv[2]);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    if (lines.empty()) die({ExitCode::input, "no lines"});
    write_spool(folder + "/first", "20261128T11.ndjson", lines, lines.size());
    write_spool(folder + "/spool", "20261128T12.ndjson", lines, count);
    std::vector<std::pair<double, double>> taken;
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::string path = fmt::format("{}/lines{}.db", folder, i);
        Store store = must(Store::open(path, Store::Access::ingest));
        LogTotals totals;
        take(store, folder + "/first", true, totals);
        const double cpu_before = cpu();
        const auto began = Clock::now();
        const std::uint64_t n = take(store, folder + "/spool", false, totals);
        taken.emplace_back(std::chrono::duration<double>(Clock::now() - began).count(), cpu() - cpu_before);
        if (n != count || totals.known + totals.learnt != count)
            die({ExitCode::input, fmt::format("{} of {} lines, {} known, {} learnt", n, count, totals.known, totals.learnt)});
    }
    std::sort(taken.begin(), taken.end());
    const auto [seconds, computed] = taken[rounds / 2];
    fmt::print("| from a log spool to durable rows, {} lines | {:.2f} | {:.3f} |\n", count, computed * 1e6 / static_cast<double>(count),
               static_cast<double>(count) / seconds / 1e6);
    return 0;
}
