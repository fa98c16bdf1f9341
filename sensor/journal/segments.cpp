#include "sensor/journal/segments.hpp"

#include "sensor/journal/block_reader.hpp"
#include "sensor/journal/record_json.hpp"

namespace sw {
namespace {

constexpr std::string_view suffix = ".pcapng";

}  // namespace

std::string segment_name(std::uint64_t number) { return numbered_name(number, suffix); }

std::vector<SegmentEntry> list_segments(int folder) { return list_numbered(folder, suffix); }

std::string journal_id(int folder) {
    RecordJson json;
    for (const SegmentEntry& s : list_segments(folder)) {
        BlockReader blocks;
        if (!blocks.open(folder, s.number).empty()) continue;
        for (int i = 0; i < 2; ++i) {  // section header, then who we are
            Block block;
            if (!blocks.next(block).empty() || block.total == 0) break;
            if (block.json.empty()) continue;
            const auto read = json.read(block.json);
            if (read.kind == RecordJson::Kind::segment && read.why.empty()) return json.segment.journal;
        }
    }
    return {};
}

}  // namespace sw
