// A disk that is full for a while: nothing is lost but what is counted, and no block is torn.
#include <sys/mount.h>
#include <unistd.h>

#include <cstring>

#include "tests/unit/journal/journal_fixture.hpp"

using namespace sw;
namespace fs = std::filesystem;

namespace {

/// A file system of its own, of 256 KiB.
class SmallDisk {
public:
    SmallDisk() { mounted_ = ::mount("tmpfs", folder.path().c_str(), "tmpfs", MS_NODEV | MS_NOSUID, "size=256k") == 0; }
    ~SmallDisk() {
        if (mounted_) ::umount2(folder.path().c_str(), MNT_DETACH);
    }
    bool mounted() const { return mounted_; }
    cli::Folder folder;

private:
    bool mounted_ = false;
};

}  // namespace

TEST_CASE("journal: a full disk is told, counts go on, and all is written when there is room again") {
    const SmallDisk disk;
    if (!disk.mounted()) {
        WARN("skipped: mounting a small tmpfs: " << std::strerror(errno));
        return;
    }
    disk.folder.put("ballast", std::string(150'000, 'b'));
    const auto writer = writer_in(disk.folder);
    JournalReader reader = reader_of(disk.folder);
    writer->run(a_run());
    writer->finding(a_finding(1));
    const std::string frame(1000, 'x');
    constexpr std::uint64_t written = 8000;
    bool refused = false;
    RecordLog before;
    for (std::uint64_t i = 0; i < written; ++i) {
        writer->packet(a_packet(1, frame, i));
        if (i % 500 != 0) continue;
        refused |= !writer->flush(true).has_value();
        while (*reader.read(before, 100) > 0) {
        }
    }
    REQUIRE(refused);
    REQUIRE(writer->failed());
    CHECK(writer->failed()->code == ExitCode::environment);
    CHECK(writer->failed()->text.find("make room") != std::string::npos);
    CHECK(writer->samples_dropped() > 0);
    CHECK(reader.torn_octets() == 0);

    REQUIRE(::mount("tmpfs", disk.folder.path().c_str(), "tmpfs", MS_REMOUNT, "size=16m") == 0);
    writer->finding(a_finding(2));
    writer->packet(a_packet(2, frame));
    REQUIRE(writer->flush(true));
    CHECK(!writer->failed());
    RecordLog after = read_all(reader);
    CHECK(before.packets[1] + after.packets[1] == written);
    CHECK(before.frames + after.frames + writer->samples_dropped() == written + 1);
    CHECK(after.packets[2] == 1);
    CHECK(writer->records_dropped() == 0);
    CHECK(reader.torn_octets() == 0);
}
