#include "sensor/journal/journal_writer.hpp"

#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <random>
#include <unordered_map>
#include <vector>

#include "rules/base/text.hpp"
#include "sensor/capture/reader.hpp"
#include "sensor/journal/record_json.hpp"
#include "sensor/journal/segment_file.hpp"
#include "sensor/journal/segments.hpp"

namespace sw {

using namespace pcapng;

namespace {

constexpr std::size_t buffer_octets = 256 * 1024, waiting_octets = 4u << 20, waiting_essentials = 64u << 20;
constexpr std::size_t largest_record = 16u << 20;
constexpr std::string_view application = "span-watcher " SPAN_VERSION;

std::string new_id() {
    std::random_device device;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

std::string_view octets_of(const std::uint64_t& v) { return {reinterpret_cast<const char*>(&v), sizeof v}; }

/// A pcapng option's text under our enterprise number.
std::string own_option(std::string_view json) {
    std::string value(reinterpret_cast<const char*>(&enterprise_number), sizeof enterprise_number);
    return value += json;
}

/// Direction is not known behind a mirror; unicast, multicast or broadcast is told by Ethernet's first octets.
std::uint32_t flags_of(const Frame& f) {
    constexpr std::uint8_t everyone[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    if (f.link.linktype != linktype::en10mb || f.caplen < 6) return 0;
    const std::uint32_t reception = std::memcmp(f.data, everyone, 6) == 0 ? 3 : (f.data[0] & 1) != 0 ? 2 : 1;
    return reception << 2;
}

class Writer final : public JournalWriter {
public:
    Writer(UniqueFd folder, const JournalLimits& limits, std::string id)
        : folder_(std::move(folder)), limits_(limits), id_(std::move(id)) {}
    ~Writer() override { static_cast<void>(flush(false)); }
    /// The journal's next segment, with its first two blocks in the file.
    Result<Done> begin();

    void run(const RunRecord& r) override;
    void finding(const FindingRecord& r) override;
    void packet(const PacketRecord& r) override;
    void count(const CountRecord& r) override { add_to_count(r); }
    void flow(const FlowRecord& r) override {
        // What the ledger keeps is kept like findings.
        r.ledger ? append(to_json(r), Need::essential) : append_if_affordable(to_json(r));
    }
    void opening(const OpeningRecord& r) override { append_if_affordable(to_json(r)); }
    void log(const LogRecord& r) override;
    void chart(const ChartRecord& r) override { append(to_json(r), Need::wanted); }
    void coverage(const CoverageRecord& r) override;
    void heartbeat(const HeartbeatRecord& r) override { append(to_json(r), Need::wanted); }
    Result<Done> flush(bool sync) override;
    const std::optional<Error>& failed() const override { return failed_; }
    std::uint64_t samples_dropped() const override { return samples_dropped_; }
    std::uint64_t logs_dropped() const override { return logs_dropped_; }
    std::uint64_t records_dropped() const override { return records_dropped_; }

private:
    enum class Need : std::uint8_t { wanted, essential };
    struct Known {
        std::string json;           ///< of its FindingRecord
        std::uint64_t segment = 0;  ///< that describes it last
        std::uint64_t packets = 0;  ///< seen in this run
        CountRecord count;          ///< not written yet
    };

    bool has_room(Need need) const { return file_.blocks.size() < (need == Need::essential ? waiting_essentials : waiting_octets); }
    void append(const std::string& json, Need need);
    void append_if_affordable(const std::string& json);
    void put(std::string json);
    std::uint32_t interface_of(Datalink link);
    bool describe(Known& known, Need need);
    bool may_keep(const Known& known, std::uint64_t octets);
    void put_packet(const PacketRecord& r);
    void put_statistics(const CoverageRecord& r);
    void add_to_count(const CountRecord& r);
    void write_counts();
    void write_when_large();
    Result<Done> write();
    void put_head();
    void measure();

    UniqueFd folder_;
    JournalLimits limits_;
    std::string id_;
    SegmentFile file_;
    std::string run_;  ///< its JSON; "" before the first
    std::string source_;
    std::map<Datalink, std::uint32_t> interfaces_;  ///< of this segment and run
    std::uint32_t next_interface_ = 0;
    std::unordered_map<std::uint32_t, Known> findings_;
    std::vector<std::uint32_t> counted_;  ///< findings with a count to write
    std::string verdict_;
    std::uint64_t others_ = 0;  ///< octets of all other segments
    std::uint64_t samples_dropped_ = 0, samples_dropped_told_ = 0, records_dropped_ = 0, logs_dropped_ = 0, logs_dropped_told_ = 0;
    bool pressed_ = false;  ///< the budget is worth measuring: half of it is spent, or something did not fit
    std::optional<Error> failed_;
};

/// What every segment begins with, so that it can be understood alone.
void Writer::put_head() {
    interfaces_.clear();
    next_interface_ = 0;
    file_.blocks.put_section("span-watcher journal " + id_, application);
    put(to_json(SegmentRecord{id_, file_.number()}));
    if (!run_.empty()) put(run_);
}

void Writer::measure() {
    others_ = 0;
    for (const SegmentEntry& s : list_segments(folder_.get()))
        if (s.number != file_.number()) others_ += s.octets;
    pressed_ = others_ + file_.octets() > limits_.total_octets / 2;
}

Result<Done> Writer::begin() {
    const auto segments = list_segments(folder_.get());
    const std::uint64_t last = std::max(file_.number(), segments.empty() ? 0 : segments.back().number);
    auto begun = file_.begin(folder_.get(), last + 1);
    if (!begun) return begun;
    measure();
    put_head();
    return file_.write();
}

/// Filled up with blanks, which JSON allows and which leave nothing to be padded.
void Writer::put(std::string json) {
    json.resize(padded(json.size()), ' ');
    file_.blocks.begin(custom);
    file_.blocks.put32(enterprise_number);
    file_.blocks.put_padded(json.data(), json.size());
    file_.blocks.end();
}

void Writer::append(const std::string& json, Need need) {
    if (!has_room(need) || json.size() > largest_record) {
        ++records_dropped_;
        return;
    }
    put(json);
    write_when_large();
}

void Writer::write_when_large() {
    const bool large = file_.blocks.size() >= buffer_octets || file_.octets() >= limits_.segment_octets;
    if (large && !failed_) static_cast<void>(write());
}

/// All that waits; then, where this segment is full, the next one begins. No segment is left with anything unwritten.
Result<Done> Writer::write() {
    auto done = file_.write();
    if (done && file_.octets() >= limits_.segment_octets) done = begin();
    failed_ = done ? std::nullopt : std::optional(done.error());
    return done;
}

Result<Done> Writer::flush(bool sync) {
    write_counts();
    if (pressed_) measure();  // a reader may have made room
    auto done = write();
    if (!done || !sync) return done;
    done = file_.sync(folder_.get());
    if (!done) failed_ = done.error();
    return done;
}

/// A run's findings have numbers of their own: what the run before has to say goes first.
void Writer::run(const RunRecord& r) {
    write_counts();
    records_dropped_ += counted_.size();
    findings_.clear();
    counted_.clear();
    interfaces_.clear();
    run_ = to_json(r);
    if (run_.size() > largest_record) {  // its hash stays
        RunRecord brief = r;
        brief.policy_text.clear();
        run_ = to_json(brief);
    }
    source_ = r.source;
    append(run_, Need::essential);
}

void Writer::finding(const FindingRecord& r) {
    Known& known = findings_[r.finding];
    known.json = to_json(r);
    known.segment = 0;
    describe(known, Need::essential);
    write_when_large();
}

/// Say in this segment what the finding is. false: there is no room to.
bool Writer::describe(Known& known, Need need) {
    if (known.segment == file_.number()) return true;
    if (!has_room(need)) return false;
    put(known.json);
    known.segment = file_.number();
    return true;
}

std::uint32_t Writer::interface_of(Datalink link) {
    const auto [entry, added] = interfaces_.try_emplace(link, next_interface_);
    if (!added) return entry->second;
    ++next_interface_;
    Blocks& b = file_.blocks;
    b.begin(interface_description);
    b.put16(link.linktype);
    b.put16(0);
    b.put32(0);  // snaplen: no limit
    b.put_option(if_name, fitting(source_));
    b.put_option(if_tsresol, "\x09");  // nanoseconds
    if (link.swapped) b.put_option(opt_custom_text, own_option(R"({"swapped":true})"));
    b.put32(opt_end);
    b.end();
    return entry->second;
}

/// The last tenth of the budget is for the first packets of each finding.
bool Writer::may_keep(const Known& known, std::uint64_t octets) {
    const std::uint64_t spent = others_ + file_.octets() + octets;
    if (spent <= limits_.total_octets - limits_.total_octets / 10) return true;
    return spent <= limits_.total_octets && known.packets <= limits_.first_of_cause;
}

void Writer::packet(const PacketRecord& r) {
    Known& known = findings_[r.finding];
    known.packets += r.earlier == 0;
    const bool kept = r.frame.caplen <= CaptureReader::max_frame && may_keep(known, r.frame.caplen + r.comment.size() + 256) &&
                      has_room(Need::wanted) && describe(known, Need::wanted);
    if (!kept && r.earlier > 0) {
        pressed_ = true;
        ++records_dropped_;
    } else if (!kept) {
        pressed_ = true;
        ++samples_dropped_;
        add_to_count({r.finding, 1, r.judged_len(), r.frame.ts, r.frame.ts});
    } else {
        put_packet(r);
        write_when_large();
    }
}

void Writer::put_packet(const PacketRecord& r) {
    const std::uint32_t interface = interface_of(r.frame.link);
    const std::uint32_t flags = flags_of(r.frame);
    Blocks& b = file_.blocks;
    b.begin_packet(interface, r.frame);
    b.put_option(opt_comment, fitting(r.comment));
    b.put_option(epb_flags, {reinterpret_cast<const char*>(&flags), sizeof flags});
    b.put_option(epb_packetid, octets_of(r.frame.number));
    verdict_.assign(reinterpret_cast<const char*>(&enterprise_number), sizeof enterprise_number);
    append_verdict(verdict_, r);
    b.put_option(opt_custom_text, verdict_);
    b.put32(opt_end);
    b.end();
}

void Writer::add_to_count(const CountRecord& r) {
    if (r.packets == 0) return;
    CountRecord& c = findings_[r.finding].count;
    if (c.packets == 0) {
        counted_.push_back(r.finding);
        c = r;
        return;
    }
    c.packets += r.packets;
    c.octets += r.octets;
    c.first = std::min(c.first, r.first);
    c.last = std::max(c.last, r.last);
}

/// Counts that find no room wait for the next flush.
void Writer::write_counts() {
    std::size_t done = 0;
    for (; done < counted_.size(); ++done) {
        Known& known = findings_[counted_[done]];
        if (!describe(known, Need::essential) || !has_room(Need::essential)) break;
        put(to_json(known.count));
        known.count = {};
    }
    counted_.erase(counted_.begin(), counted_.begin() + static_cast<std::ptrdiff_t>(done));
}

void Writer::append_if_affordable(const std::string& json) {
    if (others_ + file_.octets() < limits_.total_octets) return append(json, Need::wanted);
    pressed_ = true;
    ++records_dropped_;
}

/// As packets: the last tenth of the budget is not for them.
void Writer::log(const LogRecord& r) {
    const bool affordable = others_ + file_.octets() + r.octets.size() <= limits_.total_octets - limits_.total_octets / 10;
    if (affordable && has_room(Need::wanted)) return append(to_json(r), Need::wanted);
    pressed_ = true;
    ++logs_dropped_;
}

/// Twice: for the tools that read pcapng, and whole for our own readers.
void Writer::coverage(const CoverageRecord& r) {
    CoverageRecord told = r;
    told.samples_dropped += samples_dropped_ - samples_dropped_told_;
    samples_dropped_told_ = samples_dropped_;
    told.logs_dropped += logs_dropped_ - logs_dropped_told_;
    logs_dropped_told_ = logs_dropped_;
    write_counts();
    if (next_interface_ > 0) put_statistics(r);
    append(to_json(told), Need::essential);
}

void Writer::put_statistics(const CoverageRecord& r) {
    const auto time = [](Timestamp ts) {
        const auto ticks = static_cast<std::uint64_t>(std::max<std::int64_t>(ts.ns, 0));
        return ticks >> 32 | ticks << 32;  // upper half first
    };
    const std::uint64_t from = time(r.from), to = time(r.to);
    Blocks& b = file_.blocks;
    b.begin(interface_statistics);
    b.put32(next_interface_ - 1);
    b.put_time(r.to);
    b.put_option(isb_starttime, octets_of(from));
    b.put_option(isb_endtime, octets_of(to));
    b.put_option(isb_ifrecv, octets_of(r.frames));
    if (r.interface_drops) b.put_option(isb_ifdrop, octets_of(*r.interface_drops));
    if (r.kernel_drops) b.put_option(isb_osdrop, octets_of(*r.kernel_drops));
    b.put32(opt_end);
    b.end();
}

}  // namespace

Result<std::unique_ptr<JournalWriter>> JournalWriter::open(const std::string& folder, const JournalLimits& limits) {
    auto fd = open_journal_folder(folder);
    if (!fd) return Unexpected{fd.error()};
    const std::string name = escape_for_display(folder);
    if (::flock(fd->get(), LOCK_EX | LOCK_NB) != 0)
        return unexpected(fmt::format("cannot write the journal {}: {}", name,
                                      errno == EWOULDBLOCK ? "another process writes it; end that one first" : std::strerror(errno)),
                          ExitCode::environment);
    std::string id = journal_id(fd->get());
    auto writer = std::make_unique<Writer>(std::move(*fd), limits, id.empty() ? new_id() : std::move(id));
    if (auto begun = writer->begin(); !begun)
        return unexpected(fmt::format("journal {}: {}", name, begun.error().text), begun.error().code);
    return std::unique_ptr<JournalWriter>(std::move(writer));
}

}  // namespace sw
