#include "sensor/journal/journal_reader.hpp"

#include <fmt/format.h>

#include <unordered_set>

#include "rules/base/text.hpp"
#include "sensor/journal/block_reader.hpp"
#include "sensor/journal/record_json.hpp"
#include "sensor/journal/segments.hpp"

namespace sw {

struct JournalReader::Impl {
    std::string folder;
    UniqueFd fd;
    std::string id;
    JournalPosition at;          ///< what was given accounts for everything before
    std::uint64_t known_to = 0;  ///< offset up to which the segment's records were given by an earlier reader
    std::uint64_t torn = 0;
    Want want = Want::all;
    bool finished = false;  ///< a later segment was seen: this one grows no more
    BlockReader blocks;
    RecordJson json;
    std::unordered_set<std::uint32_t> described;  ///< findings of the segment, since its last run

    enum class Step : std::uint8_t { record, other, none };
    Result<Step> step(RecordSink& sink);
    Result<Step> wait_or_go_on();
    Unexpected bad(const std::string& why);
    void leave();
    bool enter();
    Result<Step> take(const Block& block, RecordSink& sink, bool known);
    Result<Step> take_packet(const Block& block, RecordSink& sink, bool known);
    Result<Step> take_record(const Block& block, RecordSink& sink, bool known);
    bool is_last() const;
};

/// Names the place; what is left of the segment is given up.
Unexpected JournalReader::Impl::bad(const std::string& why) {
    const std::string text = fmt::format("journal {}, segment {}, offset {}: {}; the rest of the segment is skipped",
                                         escape_for_display(folder), at.segment, blocks.is_open() ? blocks.offset() : at.offset, why);
    leave();
    return unexpected(text);
}

void JournalReader::Impl::leave() {
    blocks.close();
    at = {at.segment + 1, 0};
}

bool JournalReader::Impl::is_last() const {
    const auto segments = list_segments(fd.get());
    return segments.empty() || segments.back().number <= at.segment;
}

/// Open the segment to be read, or the first one after it: readers may have removed it. false: there is none (yet).
bool JournalReader::Impl::enter() {
    for (const SegmentEntry& s : list_segments(fd.get())) {
        if (s.number < at.segment) continue;
        known_to = s.number == at.segment ? at.offset : 0;
        at = {s.number, known_to};
        described.clear();
        finished = false;
        return true;
    }
    return false;
}

/// The segment has no further whole block. If a later one has begun, its writer is done: whatever is left was torn.
Result<JournalReader::Impl::Step> JournalReader::Impl::wait_or_go_on() {
    const std::uint64_t size = blocks.size();
    if (size < known_to) return bad("it is shorter than what was read of it before");
    if (!finished) {
        finished = !is_last();
        return finished ? Step::other : Step::none;  // it may have grown before the later one began: look once more
    }
    torn += size - blocks.offset();
    leave();
    return Step::other;
}

Result<JournalReader::Impl::Step> JournalReader::Impl::step(RecordSink& sink) {
    if (!blocks.is_open()) {
        if (!enter()) return Step::none;
        if (const std::string why = blocks.open(fd.get(), at.segment); !why.empty()) return bad(why);
    }
    Block block;
    if (const std::string why = blocks.next(block); !why.empty()) return bad(why);
    if (block.total == 0) return wait_or_go_on();
    const std::uint64_t end = blocks.offset() + block.total;
    const bool known = end <= known_to;
    if (!known && blocks.offset() < known_to) return bad(fmt::format("position {} is not between two blocks", known_to));
    auto done = take(block, sink, known);
    if (done && !known) at.offset = end;
    if (done && known) return Step::other;
    return done;
}

Result<JournalReader::Impl::Step> JournalReader::Impl::take(const Block& block, RecordSink& sink, bool known) {
    switch (block.kind) {
        case Block::Kind::interface: {
            bool swapped = false;
            if (!block.json.empty())
                if (const std::string why = json.read_interface(block.json, swapped); !why.empty()) return bad(why);
            if (swapped) blocks.swap_last_interface();
            return Step::other;
        }
        case Block::Kind::packet:
            return take_packet(block, sink, known);
        case Block::Kind::custom:
            return take_record(block, sink, known);
        default:
            return Step::other;
    }
}

Result<JournalReader::Impl::Step> JournalReader::Impl::take_packet(const Block& block, RecordSink& sink, bool known) {
    if (known || want == Want::logs) return Step::other;
    PacketRecord record;
    record.frame = block.frame;
    record.comment = block.comment;
    if (block.json.empty()) return bad("a packet without a verdict");
    if (const std::string why = json.read_verdict(block.json, record); !why.empty()) return bad("a packet's verdict: " + why);
    const Wrapping& w = record.wrapping;
    if (std::uint32_t{w.from} + w.count > block.frame.caplen || w.octets() > block.frame.len)
        return bad("a packet that is shorter than what a mirror is said to have put around it");
    if (!described.contains(record.finding)) return bad(fmt::format("a packet of finding {}, which is not described", record.finding));
    sink.packet(record);
    return Step::record;
}

Result<JournalReader::Impl::Step> JournalReader::Impl::take_record(const Block& block, RecordSink& sink, bool known) {
    using Kind = RecordJson::Kind;
    const RecordJson::Read read = json.read(block.json);
    if (!read.why.empty()) return bad("a record: " + read.why);
    switch (read.kind) {
        case Kind::unknown:
            return Step::other;
        case Kind::segment:
            if (json.segment.journal != id) return bad("it belongs to another journal");
            return Step::other;
        case Kind::run:
            described.clear();
            sink.run(json.run);
            return Step::record;
        case Kind::finding:
            described.insert(json.finding.finding);
            sink.finding(json.finding);
            return Step::record;
        default:
            break;
    }
    if (known) return Step::other;
    switch (read.kind) {
        case Kind::count:
            if (want == Want::logs) return Step::other;
            if (!described.contains(json.count.finding))
                return bad(fmt::format("a count of finding {}, which is not described", json.count.finding));
            sink.count(json.count);
            break;
        case Kind::flow:
            sink.flow(json.flow);
            break;
        case Kind::opening:
            sink.opening(json.opening);
            break;
        case Kind::log:
            sink.log(json.log);
            break;
        case Kind::chart:
            sink.chart(json.chart);
            break;
        case Kind::coverage:
            sink.coverage(json.coverage);
            break;
        default:
            sink.heartbeat(json.heartbeat);
    }
    return Step::record;
}

JournalReader::JournalReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JournalReader::JournalReader(JournalReader&&) noexcept = default;
JournalReader& JournalReader::operator=(JournalReader&&) noexcept = default;
JournalReader::~JournalReader() = default;

Result<JournalReader> JournalReader::open(const std::string& folder, JournalPosition from) {
    auto fd = open_journal_folder(folder);
    if (!fd) return unexpected(fd.error().text);
    auto impl = std::make_unique<Impl>();
    impl->folder = folder;
    impl->fd = std::move(*fd);
    impl->id = journal_id(impl->fd.get());
    impl->at = from;
    if (impl->id.empty())
        return unexpected(
            fmt::format("{} is not a journal: no segment in it says which one (has its writer been started?)", escape_for_display(folder)));
    return JournalReader(std::move(impl));
}

Result<std::size_t> JournalReader::read(RecordSink& sink, std::size_t max) {
    std::size_t given = 0;
    while (given < max) {
        const JournalPosition before = impl_->at;
        auto step = impl_->step(sink);
        if (!step && given > 0) {
            impl_->at = before;  // what was given is told first; the next call finds the same fault
            return given;
        }
        if (!step) return Unexpected{step.error()};
        if (*step == Impl::Step::none) break;
        given += *step == Impl::Step::record;
    }
    return given;
}

void JournalReader::want(Want w) { impl_->want = w; }
const std::string& JournalReader::id() const { return impl_->id; }
JournalPosition JournalReader::position() const { return impl_->at; }
std::uint64_t JournalReader::torn_octets() const { return impl_->torn; }

}  // namespace sw
