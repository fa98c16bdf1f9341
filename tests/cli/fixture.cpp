#include "tests/cli/fixture.hpp"

#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

std::vector<std::string> before(std::vector<std::string> words, std::vector<std::string> more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace

craft::Frames clean_frames() {
    using craft::Side;
    return craft::smtp().say(Side::server, "220 mail.example ESMTP\r\n").say(Side::client, "QUIT\r\n").close(Side::client).frames();
}

craft::Frames grey_frames() { return {craft::tcp(craft::v4(craft::outside, 40001), craft::v4(craft::mail, 465))}; }
craft::Frames black_frames() { return {craft::tcp(craft::v4(craft::mail, 40002), craft::v4(craft::outside, 22))}; }

Desk::Desk() {
    craft::Octets profile;
    REQUIRE(craft::read_file(SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml", profile));
    put("policy.toml", profile);
    put("clean.pcap", craft::pcap(clean_frames()));
    put("grey.pcap", craft::pcap(grey_frames()));
    put("black.pcap", craft::pcap(black_frames()));
}

Ended replay(const Folder& folder, std::vector<std::string> more, const Setup& setup) {
    return run(folder, before({"replay", "--policy", "policy.toml"}, std::move(more)), setup);
}

Ended replay_json(const Folder& folder, std::vector<std::string> more, const Setup& setup) {
    return run(folder, before({"--json", "replay", "--policy", "policy.toml"}, std::move(more)), setup);
}

std::vector<Json> lines_of(const std::string& out) {
    std::vector<Json> lines;
    for (std::size_t from = 0; from < out.size();) {
        const std::size_t end = out.find('\n', from);
        REQUIRE(end != std::string::npos);
        INFO(out.substr(from, end - from));
        lines.push_back(Json::parse(out.substr(from, end - from), nullptr, false));
        REQUIRE(lines.back().is_object());
        from = end + 1;
    }
    return lines;
}

std::vector<Json> of_type(const std::vector<Json>& lines, const std::string& type) {
    std::vector<Json> some;
    for (const Json& line : lines)
        if (line.at("type") == type) some.push_back(line);
    return some;
}

Json summary_of(const std::string& out) {
    const std::vector<Json> lines = lines_of(out);
    REQUIRE_FALSE(lines.empty());
    REQUIRE(lines.back().at("type") == "summary");
    return lines.back();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
    return n;
}

std::string as_text(const craft::Octets& octets) { return {octets.begin(), octets.end()}; }

}  // namespace sw::cli
