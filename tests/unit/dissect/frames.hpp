#pragma once
/// What the dissection tests share.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "collector/dissect/dissect.hpp"
#include "tests/support/craft.hpp"

namespace sw::test {

/// Borrows crafted.
inline Frame frame_of(const craft::CraftedFrame& crafted) {
    Frame f;
    f.data = crafted.bytes.data();
    f.caplen = static_cast<std::uint32_t>(crafted.bytes.size());
    f.len = crafted.len;
    f.ts = crafted.ts;
    f.number = 1;
    f.link.linktype = crafted.linktype;
    return f;
}

inline std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& l : lines) text += l + "\n";
    return text;
}

/// Printable ASCII and newlines only.
inline bool is_clean(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); });
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Every capture that the project ships.
inline std::vector<std::string> shipped_captures() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(SPAN_SOURCE_DIR "/tests/captures"))
        if (entry.path().extension() == ".pcap") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace sw::test
