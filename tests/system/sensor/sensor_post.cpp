#include "tests/system/sensor/sensor_post.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/catch.hpp"

namespace sw::test {
namespace fs = std::filesystem;

std::size_t Rung::count(const std::string& kind) const {
    return static_cast<std::size_t>(std::count_if(alarms.begin(), alarms.end(), [&](const AlarmRecord& a) { return a.kind == kind; }));
}

const AlarmRecord* Rung::about(const std::string& kind, const std::string& words) const {
    for (const AlarmRecord& a : alarms)
        if (a.kind == kind && a.sentence.find(words) != std::string::npos) return &a;
    return nullptr;
}

SensorPost::SensorPost() {
    const passwd* nobody = ::getpwnam("nobody");
    REQUIRE(nobody != nullptr);
    fs::permissions(folder.path(), fs::perms(0755));
    for (const char* name : {"spool", "alarms", "policy"}) {
        fs::create_directory(folder.at(name));
        REQUIRE(::chown(folder.at(name).c_str(), nobody->pw_uid, nobody->pw_gid) == 0);
    }
    fs::copy_file(SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml", folder.at("policy/policy.toml"));
    fs::permissions(folder.at("policy/policy.toml"), fs::perms(0644));
}

void SensorPost::start(const std::vector<std::string>& more) {
    std::vector<std::string> words{SPAN_SENSOR,
                                   "--interface",
                                   "span0",
                                   "--policy",
                                   folder.at("policy/policy.toml"),
                                   "--spool",
                                   folder.at("spool"),
                                   "--alarms",
                                   folder.at("alarms"),
                                   "--user",
                                   "nobody",
                                   "--grace",
                                   "0",
                                   "--ring",
                                   "8"};
    words.insert(words.end(), more.begin(), more.end());
    sensor_.emplace(rooms, std::move(words), folder.at("sensor" + std::to_string(++starts_)));
    sensor_->say("ready: span0");
}

int SensorPost::end(int signal) {
    sensor_->signal(signal);
    return sensor_->wait();
}

Spooled SensorPost::spooled() const { return spooled_in(folder.at("spool")); }

Rung SensorPost::rung() const {
    Rung all;
    auto reader = AlarmReader::open(folder.at("alarms"), {});
    if (!reader) FAIL(reader.error().text);
    for (;;) {
        const auto n = reader->read(all, 1000);
        if (!n) FAIL(n.error().text);
        if (*n == 0) return all;
    }
}

void SensorPost::hear(const std::string& kind, const std::string& words) const {
    until(kind + ": " + words, [&] { return rung().about(kind, words) != nullptr; });
}

void SensorPost::troubled_by(const std::string& trouble) const {
    until("a heartbeat that says " + trouble, [&] {
        const Rung heard = rung();
        return !heard.beats.empty() && heard.beats.back().trouble == trouble;
    });
}

void SensorPost::judged(std::uint64_t frames) const {
    until(std::to_string(frames) + " frames judged", [&] {
        const Rung heard = rung();
        return !heard.beats.empty() && heard.beats.back().frames >= frames;
    });
}

void SensorPost::put_policy(const std::string& text) const {
    folder.put("policy/new", text);
    fs::permissions(folder.at("policy/new"), fs::perms(0644));
    fs::rename(folder.at("policy/new"), folder.at("policy/policy.toml"));
}

}  // namespace sw::test
