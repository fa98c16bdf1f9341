/// craft_journals FOLDER: writes the seeds of the fuzz target `journal`: a segment with a record of every kind, and the same
/// torn, bent and almost empty. Every run gives the journal an id of its own.
#include <cstdio>
#include <filesystem>
#include <string>

#include "sensor/journal/journal_writer.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/stock.hpp"

namespace {

using namespace sw;
namespace fs = std::filesystem;

void write_records(RecordSink& sink) {
    sink.run({.program = "span-watcher",
              .source = "replay",
              .policy_sha256 = "00",
              .policy_path = "p.toml",
              .policy_text = "# \"\n",
              .mode = Mode::flow,
              .unconfined = false});
    FindingRecord finding;
    finding.finding = 1;
    finding.shape.reasons = Reason::no_rule;
    finding.shape.initiator = *parse_address("2001:db8::1");
    finding.why = {"dst port 465 is not 25"};
    sink.finding(finding);
    const craft::CraftedFrame f = craft::smtp_syn();
    PacketRecord packet{.frame = {f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), f.len, f.ts, 1, {f.linktype, false}},
                        .finding = 1,
                        .verdict = Verdict::grey,
                        .reasons = Reason::no_rule,
                        .comment = "GREY #1: no-rule"};
    sink.packet(packet);
    packet.frame.link = {linktype::null, true};
    packet.frame.ts = {-1};
    sink.packet(packet);
    sink.count({1, 5, 500, {1}, {2}});
    sink.flow({});
    sink.opening({});
    LogRecord log;
    for (const std::string_view line : {std::string_view("<34>1 - - - - - - a"), std::string_view("\0\xff", 2)}) {
        log.octets = {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()};
        sink.log(log);
    }
    sink.chart({});
    sink.heartbeat({});
    sink.coverage({});
}

bool craft_seeds(const fs::path& work, const fs::path& to) {
    {
        auto writer = JournalWriter::open(work.string(), {});
        if (!writer) return false;
        write_records(**writer);
    }
    craft::Octets whole, bent;
    if (!craft::read_file((work / "0000000001.pcapng").string(), whole)) return false;
    const auto part = [&](std::size_t n) { return craft::Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)); };
    bent = whole;
    bent[bent.size() / 2] ^= 0xff;
    return craft::write_file((to / "every_record").string(), whole) && craft::write_file((to / "torn").string(), part(whole.size() - 10)) &&
           craft::write_file((to / "bent").string(), bent) && craft::write_file((to / "header_only").string(), part(200));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: craft_journals FOLDER\n", stderr);
        return to_int(ExitCode::input);
    }
    std::error_code ignored;
    std::string work = (fs::temp_directory_path() / "span-watcher-seeds-XXXXXX").string();
    fs::create_directories(argv[1], ignored);
    const bool good = ::mkdtemp(work.data()) != nullptr && craft_seeds(work, argv[1]);
    if (!good) std::fprintf(stderr, "craft_journals: %s cannot be written\n", argv[1]);
    fs::remove_all(work, ignored);
    return to_int(good ? ExitCode::clean : ExitCode::environment);
}
