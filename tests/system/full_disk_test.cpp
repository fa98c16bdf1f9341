/// A disk that fills up, and a file system that lets nothing be written.
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <memory>
#include <optional>

#include "tests/cli/folder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/records.hpp"

namespace sw::test {
namespace {

/// A small file system of its own; nothing where this user cannot mount.
class SmallDisk {
public:
    static std::unique_ptr<SmallDisk> mount(const std::string& at) {
        if (::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=2m") != 0) return nullptr;
        return std::unique_ptr<SmallDisk>(new SmallDisk(at));
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() { ::umount2(at_.c_str(), MNT_DETACH); }
    bool read_only() const { return ::mount("tmpfs", at_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=2m") == 0; }
    bool bigger() const { return ::mount("tmpfs", at_.c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0; }

private:
    explicit SmallDisk(std::string at) : at_(std::move(at)) {}
    std::string at_;
};

/// Distinct findings with a sample each, from the store's offset on, until something fails or `until`.
std::optional<Error> fill(Store& store, std::uint32_t until, std::uint64_t& committed) {
    Ingest ingest(store);
    const auto progress = ingest.begin("spool:1");
    if (!progress) return progress.error();
    committed = progress->position.offset;
    ingest.run(run_record());
    const std::vector<std::uint8_t> octets(500, 0x41);
    for (auto f = static_cast<std::uint32_t>(committed) + 1; f <= until; ++f) {
        ingest.finding(finding_record(f, f));
        ingest.packet(packet_record(f, octets));
        if (f % 100 != 0) continue;
        if (const auto done = ingest.commit({1, f}); !done) return done.error();
        committed = f;
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE("full disk: ingest stops with the reason and the way out, what was committed stays, and with room again it goes on") {
    const cli::Folder folder;
    const auto disk = SmallDisk::mount(folder.path());
    if (!disk) {
        WARN("skipped: this user cannot mount a small disk");
        return;
    }
    const std::string path = folder.at("week.db");
    constexpr std::uint32_t all = 6000;
    std::uint64_t committed = 0;
    {
        auto store = Store::open(path, Store::Access::ingest);
        REQUIRE(store);
        const auto error = fill(*store, all, committed);
        REQUIRE(error);
        CHECK(error->code == ExitCode::environment);
        CHECK(error->text == path + ": the disk is full: make room and run it again; everything committed so far is kept");
    }
    CHECK(committed > 0);
    REQUIRE(disk->bigger());
    auto store = Store::open(path, Store::Access::ingest);
    REQUIRE(store);
    CHECK(store->set_aside().empty());
    CHECK(*store->db().value("SELECT count(*) FROM finding") == static_cast<std::int64_t>(committed));
    CHECK(*store->db().value("SELECT offset FROM journal_offset") == static_cast<std::int64_t>(committed));
    CHECK_FALSE(fill(*store, all, committed));
    CHECK(*store->db().value("SELECT count(*) FROM finding") == all);
    CHECK(*store->db().value("SELECT sum(count) FROM finding") == all);
    CHECK(rows_of(store->db(), "PRAGMA integrity_check") == "ok");
}

TEST_CASE("full disk: a store that cannot even be made says so") {
    const cli::Folder folder;
    const auto disk = SmallDisk::mount(folder.path());
    if (!disk) {
        WARN("skipped: this user cannot mount a small disk");
        return;
    }
    folder.put("filler", craft::Octets((2u << 20) - 4096));
    const auto store = Store::open(folder.at("week.db"), Store::Access::ingest);
    REQUIRE_FALSE(store);
    CHECK(store.error().code == ExitCode::environment);
    CHECK(store.error().text.find("the disk is full") != std::string::npos);
}

TEST_CASE("read-only: a store on a file system that cannot be written is refused for ingest with what to look at") {
    const cli::Folder folder;
    const auto disk = SmallDisk::mount(folder.path());
    if (!disk) {
        WARN("skipped: this user cannot mount a small disk");
        return;
    }
    const std::string path = folder.at("week.db");
    REQUIRE(Store::open(path, Store::Access::ingest));
    REQUIRE(disk->read_only());
    for (const auto access : {Store::Access::ingest, Store::Access::review}) {
        const auto store = Store::open(path, access);
        REQUIRE_FALSE(store);
        CHECK(store.error().code == ExitCode::environment);
        CHECK(store.error().text ==
              path + ": cannot be written: check the permissions of the file and of its folder, and that its file system is not read-only");
    }
}

}  // namespace sw::test
