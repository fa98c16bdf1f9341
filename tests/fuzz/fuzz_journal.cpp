// Any octets as a journal's only segment: the reader ends, remembers at most what is there, and goes on from where it was.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "sensor/journal/journal_reader.hpp"
#include "sensor/journal/segments.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

/// A folder with one segment; in memory where the system has such a place.
class Folder {
public:
    Folder() {
        path_ = (::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + std::string("/span-watcher-fuzz-XXXXXX");
        check(::mkdtemp(path_.data()) != nullptr);
    }
    ~Folder() {
        ::unlink(segment().c_str());
        ::rmdir(path_.c_str());
    }
    void put(const std::uint8_t* data, std::size_t size) const {
        const sw::UniqueFd fd(::open(segment().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
        check(::write(fd.get(), data, size) == static_cast<ssize_t>(size));
    }
    const std::string& path() const { return path_; }

private:
    std::string segment() const { return path_ + "/" + sw::segment_name(1); }
    std::string path_;
};

/// Touches every octet it is given.
struct Sink : sw::RecordSink {
    std::uint64_t records = 0, counting = 0;
    std::uint8_t sum = 0;

    void text(std::string_view t) {
        for (const char c : t) sum = static_cast<std::uint8_t>(sum ^ static_cast<std::uint8_t>(c));
    }
    void run(const sw::RunRecord& r) override { ++records, text(r.policy_text); }
    void finding(const sw::FindingRecord& r) override { ++records, text(r.sentence); }
    void packet(const sw::PacketRecord& r) override {
        ++records, ++counting;
        text({reinterpret_cast<const char*>(r.frame.data), r.frame.caplen});
        text(r.comment);
    }
    void count(const sw::CountRecord&) override { ++records, ++counting; }
    void flow(const sw::FlowRecord& r) override { ++records, ++counting, text(r.rule); }
    void opening(const sw::OpeningRecord& r) override { ++records, ++counting, text(r.service); }
    void log(const sw::LogRecord& r) override {
        ++records, ++counting;
        text({reinterpret_cast<const char*>(r.octets.data()), r.octets.size()});
    }
    void chart(const sw::ChartRecord& r) override { ++records, ++counting, text(r.rule); }
    void coverage(const sw::CoverageRecord& r) override { ++records, ++counting, text(r.error); }
    void heartbeat(const sw::HeartbeatRecord&) override { ++records, ++counting; }
};

/// All records from a place on, and where each step of so many came to.
std::uint64_t read_from(const std::string& folder, sw::JournalPosition from, std::size_t step, std::uint64_t& counting) {
    auto reader = sw::JournalReader::open(folder, from);
    if (!reader) return 0;
    Sink sink;
    std::uint64_t errors = 0;
    while (true) {
        const sw::JournalPosition before = reader->position();
        const auto n = reader->read(sink, step);
        check(reader->position() >= before);
        if (n && *n == 0) break;
        errors += !n;
        check(errors <= 1 && (!n || *n <= step));
    }
    [[maybe_unused]] volatile std::uint8_t kept = sink.sum;
    counting += sink.counting;
    return sink.records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Folder folder;
    folder.put(data, size);
    std::uint64_t whole = 0, parts = 0;
    read_from(folder.path(), {}, 1000, whole);
    // In two readers, the second from where the first stopped: each counting record once.
    auto first = sw::JournalReader::open(folder.path(), {});
    if (!first) return 0;
    Sink sink;
    if (!first->read(sink, 3)) return 0;
    parts = sink.counting;
    read_from(folder.path(), first->position(), 1, parts);
    check(parts == whole);
    return 0;
}
