/// A log spool's files are read to their ends, each line once, whatever becomes of the files.
#include "collector/sources/spool_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/unit/sources/sourced.hpp"

namespace sw::test {
namespace {

namespace fs = std::filesystem;

SpoolFolder::Instant now_of_test{std::chrono::hours{1}};
SpoolFolder::Instant clock_of_test() { return now_of_test; }

std::string base64(std::string_view octets) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        unsigned all = 0;
        for (std::size_t j = 0; j < 3; ++j) all = all << 8 | (i + j < octets.size() ? static_cast<unsigned char>(octets[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j) out += i + j > octets.size() ? '=' : digits[all >> (18 - 6 * j) & 63];
    }
    return out;
}

/// As syslog-ng writes it, with its end.
std::string line(const std::string& text) {
    static std::int64_t at = noon.ns / 1'000'000'000;
    return R"({"v":1,"recv":")" + std::to_string(at++) + R"(.5","src":"192.0.2.25","via":"udp","raw":")" + base64("<30>app: " + text) +
           "\"}\n";
}

struct Spool : Sourced {
    cli::Folder spool;
    SpoolFolder source = open();

    SpoolFolder open(std::chrono::seconds keep = std::chrono::hours{1}) {
        return SpoolFolder(spool.path(), trouble(), keep, clock_of_test);
    }
    void append(const std::string& name, const std::string& text) const {
        std::ofstream(spool.at(name), std::ios::app | std::ios::binary) << text;
    }
    /// What there is by now.
    std::size_t take() {
        now_of_test += std::chrono::seconds{1};
        const std::size_t n = read(source);
        commit_of(source);
        return n;
    }
    /// Another process, after this one died.
    void restart(std::chrono::seconds keep = std::chrono::hours{1}) {
        reopen();
        source = open(keep);
    }
};

}  // namespace

TEST_CASE("spool folder: files are read in the order of their names, while they grow, and behind the last commit") {
    Spool s;
    s.append("20261122-11.ndjson", line("one") + line("two"));
    s.append("20261122-12.ndjson", line("three"));
    s.append("notes.txt", line("no"));
    s.append(".hidden.ndjson", line("no"));
    CHECK(s.take() == 3);
    CHECK(s.take() == 0);
    s.append("20261122-12.ndjson", line("four"));
    CHECK(s.take() == 1);
    s.restart();
    CHECK(s.take() == 0);
    s.append("20261122-12.ndjson", line("five"));
    s.append("20261122-13.ndjson", line("six"));
    CHECK(s.take() == 2);
    CHECK(s.lines() == "one\ntwo\nthree\nfour\nfive\nsix");
    CHECK(s.troubles.empty());
}

TEST_CASE("spool folder: what was not committed is given again") {
    Spool s;
    s.append("a.ndjson", line("one") + line("two"));
    now_of_test += std::chrono::seconds{1};
    CHECK(s.read(s.source) == 2);
    s.restart();  // died before the commit
    CHECK(s.take() == 2);
    s.append("a.ndjson", line("three"));
    now_of_test += std::chrono::seconds{1};
    CHECK(s.read(s.source) == 1);
    REQUIRE(s.ingest->recover());  // the store refused
    s.source.rewind();
    CHECK(s.take() == 1);
    CHECK(s.lines() == "one\ntwo\nthree");
}

TEST_CASE("spool folder: a read takes no more than it was asked for") {
    Spool s;
    std::string all;
    for (int i = 0; i < 50; ++i) all += line(std::to_string(i));
    s.append("a.ndjson", all);
    now_of_test += std::chrono::seconds{1};
    CHECK(*s.source.read(*s.ingest, 7) == 7);
    s.commit_of(s.source);
    s.restart();
    CHECK(s.take() == 43);
    CHECK(s.rows("SELECT count(DISTINCT raw) FROM log_event") == "50");
}

TEST_CASE("spool folder: a line that is not whole yet is waited for, and one that never will be is told") {
    Spool s;
    const std::string whole = line("two");
    s.append("a.ndjson", line("one") + whole.substr(0, 30));
    CHECK(s.take() == 1);
    s.append("a.ndjson", whole.substr(30));
    CHECK(s.take() == 1);
    s.append("a.ndjson", line("three").substr(0, 30));
    CHECK(s.take() == 0);
    now_of_test += std::chrono::hours{2};
    CHECK(s.take() == 0);  // it is the last file: its writer may go on
    CHECK(s.troubles.empty());
    s.append("b.ndjson", line("four"));
    s.take();
    now_of_test += std::chrono::seconds{20};
    s.take();
    REQUIRE(s.troubles.size() == 1);
    CHECK(s.troubles.front().find("a.ndjson: its last line of 30 octets has no end") != std::string::npos);
    CHECK(s.lines() == "one\ntwo\nfour");
}

TEST_CASE("spool folder: a writer that died within a line and was started again loses that line alone") {
    Spool s;
    s.append("a.ndjson", line("one").substr(0, 50) + line("two") + line("three"));
    CHECK(s.take() == 2);
    CHECK(s.lines() == "two\nthree");
}

TEST_CASE("spool folder: what is no line of our template is kept, found and told, and the rest is read") {
    Spool s;
    s.append("a.ndjson", line("one") + "rubbish\n" + "\n" + line("two") + std::string(300'000, 'x') + "\n" + line("three"));
    CHECK(s.take() == 6);
    CHECK(s.rows("SELECT count(*) FROM log_event WHERE CAST(raw AS TEXT) LIKE '%app:%'") == "3");
    CHECK(s.rows("SELECT count FROM finding WHERE reasons LIKE '%malformed%'") == "3");
    REQUIRE_FALSE(s.troubles.empty());
    CHECK(s.troubles.front().find("a.ndjson: line at offset ") != std::string::npos);
    CHECK(s.troubles.front().find("it is no JSON") != std::string::npos);
}

TEST_CASE("spool folder: a line may not claim a way that only we see") {
    Spool s;
    std::string forged = line("one");
    forged.replace(forged.find("udp"), 3, "mirror");
    s.append("a.ndjson", forged);
    s.take();
    CHECK(s.rows("SELECT DISTINCT via FROM log_source").find("mirror") == std::string::npos);
    CHECK(s.rows("SELECT count FROM finding WHERE reasons LIKE '%malformed%'") == "1");
}

TEST_CASE("spool folder: a file that was cut and written anew is taken whole, and told") {
    Spool s;
    s.append("a.ndjson", line("one") + line("two"));
    CHECK(s.take() == 2);
    fs::resize_file(s.spool.at("a.ndjson"), 0);
    CHECK(s.take() == 0);
    s.append("a.ndjson", line("three"));
    CHECK(s.take() == 1);
    CHECK(s.lines() == "one\ntwo\nthree");
    REQUIRE(s.troubles.size() == 1);
    CHECK(s.troubles.front().find("integrity: ") == 0);
}

TEST_CASE("spool folder: a file that was written anew while nobody looked is another file") {
    Spool s;
    s.append("a.ndjson", line("one") + line("two"));
    CHECK(s.take() == 2);
    fs::remove(s.spool.at("a.ndjson"));
    s.append("a.ndjson", line("three") + line("four") + line("five"));
    s.restart();
    CHECK(s.take() == 3);
    CHECK(s.lines() == "one\ntwo\nthree\nfour\nfive");
}

TEST_CASE("spool folder: of two files with the same beginning, one that has other lines behind it is told") {
    Spool s;
    const std::string first = line("one");
    s.append("a.ndjson", first + line("two"));
    CHECK(s.take() == 2);
    fs::remove(s.spool.at("a.ndjson"));
    s.append("a.ndjson", first + line("2bc") + line("three"));
    s.restart();
    CHECK(s.take() == 3);  // rather twice than never
    CHECK(s.troubles.size() == 1);
}

TEST_CASE("spool folder: a file that was moved away or removed while it is read is read to its end") {
    Spool s;
    s.append("a.ndjson", line("one"));
    CHECK(s.take() == 1);
    s.append("a.ndjson", line("two"));
    fs::remove(s.spool.at("a.ndjson"));
    s.append("a.ndjson", line("three"));
    CHECK(s.take() == 2);
    CHECK(s.rows("SELECT count(DISTINCT raw) FROM log_event") == "3");
    CHECK(s.troubles.empty());
}

TEST_CASE("spool folder: files whose hour is over are removed once they are in the store, the last one never") {
    Spool s;
    s.restart(std::chrono::seconds{0});
    s.append("a.ndjson", line("one"));
    s.append("b.ndjson", line("two") + line("three").substr(0, 10));
    s.append("c.ndjson", line("four"));
    s.take();
    CHECK_FALSE(fs::exists(s.spool.at("a.ndjson")));
    CHECK(fs::exists(s.spool.at("b.ndjson")));  // its end is not there yet
    CHECK(fs::exists(s.spool.at("c.ndjson")));
    s.restart();
    s.take();
    CHECK(fs::exists(s.spool.at("c.ndjson")));
    CHECK(s.lines() == "one\ntwo\nfour");
}

TEST_CASE("spool folder: links and devices are no files of it") {
    Spool s;
    cli::Folder other;
    other.put("secret", line("one"));
    fs::create_symlink(other.at("secret"), s.spool.at("a.ndjson"));
    REQUIRE(::mkfifo(s.spool.at("b.ndjson").c_str(), 0600) == 0);
    fs::create_directory(s.spool.at("c.ndjson"));
    CHECK(s.take() == 0);
}

TEST_CASE("spool folder: a folder that is not there yet is waited for") {
    Spool s;
    fs::remove(s.spool.path());
    CHECK(s.take() == 0);
    fs::create_directory(s.spool.path());
    s.append("a.ndjson", line("one"));
    CHECK(s.take() == 1);
}

}  // namespace sw::test
