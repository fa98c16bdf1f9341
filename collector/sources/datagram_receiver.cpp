#include "collector/sources/datagram_receiver.hpp"

#include <algorithm>

#include "rules/base/text.hpp"
#include "sensor/journal/journal_reader.hpp"
#include "sensor/journal/numbered_files.hpp"
#include "sensor/journal/segments.hpp"

namespace sw {
namespace {

constexpr std::size_t batches_a_turn = 16;

/// The last records that an earlier process wrote of this socket.
template <class Kept>
class Tail final : public RecordSink {
public:
    explicit Tail(std::string identity) : identity_(std::move(identity)) {}
    void run(const RunRecord& r) override { ours_ = r.source == identity_; }
    void finding(const FindingRecord&) override {}
    void packet(const PacketRecord&) override {}
    void count(const CountRecord&) override {}
    void flow(const FlowRecord&) override {}
    void opening(const OpeningRecord&) override {}
    void log(const LogRecord& l) override {
        if (!ours_) return;
        kept.push_back({l.tuple.src, l.tuple.sport, l.ts, {l.octets.begin(), l.octets.end()}});
        if (kept.size() > LogSocket::batch) kept.pop_front();
    }
    void chart(const ChartRecord&) override {}
    void coverage(const CoverageRecord&) override {}
    void heartbeat(const HeartbeatRecord&) override {}

    std::deque<Kept> kept;

private:
    std::string identity_;
    bool ours_ = false;
};

}  // namespace

Result<std::deque<DatagramReceiver::Kept>> DatagramReceiver::tail_of(const std::string& folder, const std::string& identity) {
    const auto fd = open_journal_folder(folder);
    if (!fd) return Unexpected{fd.error()};
    const auto segments = list_segments(fd->get());
    const std::uint64_t last = segments.empty() ? 0 : segments.back().number;
    auto reader = JournalReader::open(folder, {std::max<std::uint64_t>(last, 3) - 2, 0});
    if (!reader) return std::deque<Kept>{};  // nobody has written it yet
    Tail<Kept> tail(identity);
    for (;;) {
        const auto n = reader->read(tail, 1000);
        if (n && *n == 0) return std::move(tail.kept);  // what cannot be read was skipped: go on behind it
    }
}

/// The longest end of the tail that is also the front of the queue: kept, and not taken off it.
Result<Done> DatagramReceiver::skip_known(const std::deque<Kept>& tail) {
    const auto waiting = socket_.peek();
    if (!waiting) return Unexpected{waiting.error()};
    const auto same = [](const Kept& k, const Datagram& d) {
        const Bytes octets(reinterpret_cast<const std::uint8_t*>(k.octets.data()), k.octets.size());
        return d == Datagram{k.source, k.port, k.received, octets};
    };
    std::size_t known = std::min(tail.size(), waiting->size());
    while (known > 0 && !std::equal(tail.end() - static_cast<std::ptrdiff_t>(known), tail.end(), waiting->begin(), same)) --known;
    // What was looked at is the batch: its other half is appended now, and then all of it is taken.
    for (const Datagram& d : waiting->subspan(known)) append(d);
    in_file_ = waiting->size();
    return settle();
}

Result<std::unique_ptr<DatagramReceiver>> DatagramReceiver::open(LogSocket socket, const std::string& folder, const JournalLimits& limits,
                                                                 bool unconfined) {
    const auto tail = tail_of(folder, socket.identity());
    if (!tail) return Unexpected{tail.error()};
    auto journal = JournalWriter::open(folder, limits);
    if (!journal) return Unexpected{journal.error()};
    std::unique_ptr<DatagramReceiver> made(new DatagramReceiver(std::move(socket), std::move(*journal)));
    RunRecord run;
    run.program = "span-collector " SPAN_VERSION;
    run.source = made->socket_.identity();
    run.unconfined = unconfined;
    made->journal_->run(run);
    if (auto done = made->skip_known(*tail); !done) return Unexpected{done.error()};
    return made;
}

void DatagramReceiver::append(const Datagram& d) {
    ++received_;
    journal_->log({.rule = {},
                   .tuple = {d.source, socket_.address(), d.port, socket_.port(), 17},
                   .mac = {},
                   .ts = d.received,
                   .number = received_,
                   .octets = d.octets});
}

/// In the file, then off the queue. A full disk leaves both as they are.
Result<Done> DatagramReceiver::settle() {
    if (in_file_ == 0 || !journal_->flush(false)) return Done{};
    const auto unseen = socket_.take(in_file_);
    if (!unseen) return Unexpected{unseen.error()};
    in_file_ = 0;
    for (std::uint64_t i = 0; i < *unseen; ++i) append({});
    return Done{};
}

Result<std::size_t> DatagramReceiver::turn() {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < batches_a_turn; ++i) {
        if (auto done = settle(); !done) return Unexpected{done.error()};
        if (in_file_ > 0) break;
        const auto waiting = socket_.peek();
        if (!waiting) return Unexpected{waiting.error()};
        if (waiting->empty()) break;
        for (const Datagram& d : *waiting) append(d);
        in_file_ = waiting->size();
        sum += waiting->size();
    }
    if (auto done = settle(); !done) return Unexpected{done.error()};
    return sum;
}

void DatagramReceiver::every_second(Timestamp now) {
    journal_->heartbeat({.at = now, .frames = received_, .samples_dropped = socket_.dropped().value_or(0)});
    if (journal_->logs_dropped() != dropped_told_) {
        CoverageRecord coverage;
        coverage.from = coverage.to = now;
        journal_->coverage(coverage);  // which says how many
        dropped_told_ = journal_->logs_dropped();
    }
    static_cast<void>(journal_->flush(true));
}

std::string DatagramReceiver::trouble() const { return journal_->failed() ? journal_->failed()->text : std::string(); }

}  // namespace sw
