#include "tests/system/collector/collector_post.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "tests/support/messages.hpp"
#include "tests/support/records.hpp"
#include "tests/support/stock.hpp"

namespace sw::test {

void until(const std::string& what, const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) FAIL("waited a minute for: " << what);
        ::poll(nullptr, 0, 20);
    }
}

CollectorProgram::CollectorProgram(std::vector<std::string> words) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    words.insert(words.begin(), "span-collector");
    std::vector<char*> argv;
    for (std::string& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    // The leak detector stops the process with ptrace, which confinement forbids.
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(ends[1], STDERR_FILENO);
        ::execv(SPAN_COLLECTOR, argv.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    err_ = UniqueFd(ends[0]);
    ::fcntl(err_.get(), F_SETFL, O_NONBLOCK);
    REQUIRE(pid_ > 0);
}

CollectorProgram::~CollectorProgram() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

int CollectorProgram::end() {
    int status = 0;
    until("the collector's end", [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const std::string& CollectorProgram::said() {
    std::array<char, 4096> piece{};
    for (ssize_t n; (n = ::read(err_.get(), piece.data(), piece.size())) > 0;) said_.append(piece.data(), static_cast<std::size_t>(n));
    return said_;
}

SpoolWriter::SpoolWriter(const std::string& folder, const JournalLimits& limits)
    : frame_(craft::tcp(craft::v4(craft::outside, 40000), craft::v4(craft::mail, 465)).bytes) {
    auto writer = JournalWriter::open(folder, limits);
    if (!writer) FAIL(writer.error().text);
    journal_ = std::move(*writer);
    journal_->run(run_record());
}

void SpoolWriter::packets(std::uint32_t who, std::uint64_t count) {
    if (described_.size() <= who) described_.resize(who + 1);
    if (!described_[who]) journal_->finding(finding_record(who, who));
    described_[who] = true;
    for (std::uint64_t i = 0; i < count; ++i) journal_->packet(packet_record(who, frame_, record_start, ++written_));
}

void SpoolWriter::drops(std::uint64_t frames) {
    CoverageRecord c = coverage_record("", written_, "");
    c.kernel_drops = frames;
    journal_->coverage(c);
}

void SpoolWriter::flush() { REQUIRE(journal_->flush(true)); }

CollectorPost::CollectorPost() {
    for (const char* name : {"a", "b", "alarms", "db"}) std::filesystem::create_directory(at(name));
}

std::vector<std::string> CollectorPost::words(const std::vector<std::string>& spools) const {
    std::vector<std::string> all{"--db", at("db/store.db"), "--alarms", at("alarms")};
    for (const std::string& s : spools) all.insert(all.end(), {"--spool", at(s)});
    return all;
}

void CollectorPost::start(const std::vector<std::string>& spools) {
    program = std::make_unique<CollectorProgram>(words(spools));
    until("the collector is ready", [&] { return program->said().find("ready: ") != std::string::npos; });
}

void CollectorPost::stop() {
    program->signal(SIGTERM);
    const int code = program->end();
    INFO(program->said());
    REQUIRE(code == 0);
}

std::string CollectorPost::rows(const std::string& sql) const {
    auto store = Store::open(at("db/store.db"), Store::Access::read);
    return store ? rows_of(store->db(), sql) : "";
}

void CollectorPost::becomes(const std::string& sql, const std::string& value) const {
    until(sql + " gives " + value, [&] { return rows(sql) == value; });
}

std::vector<AlarmRecord> CollectorPost::alarms(const std::string& kind) const {
    std::vector<AlarmRecord> list;
    for (const AlarmRecord& a : all_of(at("alarms")).alarms)
        if (a.kind == kind) list.push_back(a);
    return list;
}

void CollectorPost::rings(const std::string& kind, const std::string& words) const {
    until(kind + ": " + words, [&] {
        for (const AlarmRecord& a : alarms(kind))
            if (a.sentence.find(words) != std::string::npos) return true;
        return false;
    });
}

}  // namespace sw::test
