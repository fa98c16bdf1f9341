#include "tests/replay/corpora/captures.hpp"

#include <fcntl.h>

#include <array>
#include <fstream>

#include "sensor/capture/reader.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> columns(const std::string& line) {
    std::vector<std::string> out(1);
    for (const char c : line) {
        if (c == '\t')
            out.emplace_back();
        else
            out.back() += c;
    }
    return out;
}

}  // namespace

bool absent() {
    if (fs::is_directory(fs::path(SPAN_CORPORA) / "pcap")) return false;
    WARN("skipped: no corpora");
    return true;
}

fs::path in_folder(const std::string& name) { return fs::path(SPAN_CORPORA) / name; }

std::vector<Row> read_table(const std::string& name) {
    std::ifstream file(in_folder(name));
    std::vector<std::string> header;
    std::vector<Row> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) continue;
        const std::vector<std::string> cells = columns(line);
        if (header.empty()) {
            header = cells;
            continue;
        }
        Row& row = rows.emplace_back();
        for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = i < cells.size() ? cells[i] : "";
    }
    return rows;
}

Capture load(const std::string& name, std::size_t at_most) {
    Capture capture;
    capture.name = name;
    auto reader = CaptureReader::open(UniqueFd(::open(in_folder(name).c_str(), O_RDONLY | O_CLOEXEC)));
    if (!reader) {
        capture.refused = reader.error().text;
        return capture;
    }
    std::array<Frame, 64> some;
    while (const std::size_t n = reader->next(some)) {
        for (std::size_t i = 0; i < n && capture.frames.size() < at_most; ++i) {
            Frame frame = some[i];
            capture.octets.emplace_back(frame.data, frame.data + frame.caplen);
            frame.data = capture.octets.back().data();
            capture.frames.push_back(frame);
        }
        if (capture.frames.size() == at_most) return capture;
    }
    capture.torn = reader->stopped().has_value();
    return capture;
}

const std::vector<std::string>& all_captures() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const Row& row : read_table("MANIFEST.shared.tsv"))
            if (row.at("path").starts_with("pcap/")) list.push_back(row.at("path"));
        return list;
    }();
    return names;
}

}  // namespace sw::corpora
