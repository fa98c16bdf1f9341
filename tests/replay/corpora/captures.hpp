#pragma once
/// The corpora: captures, tables and filters that this project did not write and does not ship.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sensor/capture/frame.hpp"

namespace sw::corpora {

/// True, and the running test is told "skipped: no corpora", where the folder is not.
bool absent();

/// A capture's path below the folder, in full.
std::filesystem::path in_folder(const std::string& name);

/// Tab-separated columns under a header line; lines that begin with # say something about the table.
/// Rows map the header's words to cells; what a short row lacks is "".
using Row = std::map<std::string, std::string>;
std::vector<Row> read_table(const std::string& name);

/// A capture as CaptureReader delivers it, kept. Each frame has a block of its own, so that a sanitizer sees a read past it.
struct Capture {
    std::string name;
    std::string refused;  ///< why the reader did not open it, or ""
    bool torn = false;    ///< reading ended early
    std::vector<std::vector<std::uint8_t>> octets;
    std::vector<Frame> frames;
};

/// at_most: frames, counted from the first.
Capture load(const std::string& name, std::size_t at_most = SIZE_MAX);

/// Every capture of MANIFEST.shared.tsv, by name.
const std::vector<std::string>& all_captures();

}  // namespace sw::corpora
