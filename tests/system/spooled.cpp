#include "tests/system/spooled.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/reason_cases.hpp"

namespace sw::test {

void Spooled::packet(const PacketRecord& r) {
    Packet p;
    p.number = r.frame.number;
    p.verdict = r.verdict;
    r.reasons.for_each([&](Reason reason) { p.reasons.emplace_back(info(reason).slug); });
    p.finding = r.finding;
    p.octets.assign(r.frame.data, r.frame.data + r.frame.caplen);
    p.comment = r.comment;
    (r.earlier == 0 ? packets : brought_up).push_back(std::move(p));
}

std::uint64_t Spooled::frames() const {
    std::uint64_t sum = 0;
    for (const CoverageRecord& c : coverages) sum += c.frames;
    return sum;
}

Spooled spooled_in(const std::string& folder) {
    Spooled all;
    auto reader = JournalReader::open(folder, {});
    if (!reader) FAIL(reader.error().text);
    for (;;) {
        const auto n = reader->read(all, 1000);
        if (!n) FAIL(n.error().text);
        if (*n == 0) return all;
    }
}

Replayed replay(const std::string& policy, const std::string& capture, const std::string& out) {
    const std::string command =
        "ASAN_OPTIONS=detect_leaks=0 " SPAN_WATCHER " replay --json --packets all --policy " + policy + " " + capture + " >" + out;
    const int status = std::system(command.c_str());
    REQUIRE(WEXITSTATUS(status) == 1);
    Replayed r;
    std::ifstream lines(out);
    for (std::string line; std::getline(lines, line);) {
        const auto o = nlohmann::json::parse(line);
        if (o["type"] != "packet") continue;
        ++r.frames;
        if (o["verdict"] == "allow") continue;
        Spooled::Packet p;
        p.number = o["frame"];
        p.verdict = o["verdict"] == "black" ? Verdict::black : Verdict::grey;
        p.reasons = o["reasons"].get<std::vector<std::string>>();
        p.finding = o["finding"];
        r.denied.push_back(std::move(p));
    }
    return r;
}

craft::Frames everything(std::size_t largest) {
    constexpr std::size_t ethernet_header = 14, vlan_tag = 4;
    craft::Frames all;
    const auto fits = [&](const craft::CraftedFrame& f) {
        return f.linktype == 1 && f.bytes.size() >= ethernet_header && f.bytes.size() + vlan_tag <= largest;
    };
    for (const craft::CraftedFrame& f : craft::enclave_day().frames)
        if (fits(f)) all.push_back(f);
    for (const craft::ReasonCase& c : craft::reason_cases())
        for (const craft::CraftedFrame& f : c.frames) {
            if (!fits(f)) continue;
            all.push_back(f);
            all.push_back(craft::CraftedFrame(f).tag(100));
        }
    return all;
}

void check_same(const Spooled& live, const Replayed& replayed) {
    REQUIRE(live.packets.size() == replayed.denied.size());
    REQUIRE_FALSE(live.packets.empty());
    const std::uint64_t ours_from = live.packets.front().number, theirs_from = replayed.denied.front().number;
    for (std::size_t i = 0; i < live.packets.size(); ++i) {
        const Spooled::Packet &ours = live.packets[i], &theirs = replayed.denied[i];
        INFO("frame " << ours.number << ": " << ours.comment);
        CHECK(ours.number - ours_from == theirs.number - theirs_from);
        CHECK(ours.verdict == theirs.verdict);
        CHECK(ours.reasons == theirs.reasons);
        CHECK(ours.finding == theirs.finding);
    }
    for (const Spooled::Packet& p : live.brought_up) {
        INFO("frame " << p.number << ": " << p.comment);
        CHECK(std::none_of(replayed.denied.begin(), replayed.denied.end(),
                           [&](const Spooled::Packet& d) { return d.number - theirs_from == p.number - ours_from; }));
    }
}

}  // namespace sw::test
