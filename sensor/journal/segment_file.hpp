#pragma once
/// The segment being written: whole blocks in memory, put into the file at known offsets. What a full disk refused stays in
/// memory and is put at the same place when there is room again: a block is torn only where a writer died.
#include <cstdint>
#include <string>

#include "rules/base/result.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/capture/pcapng_blocks.hpp"

namespace sw {

class SegmentFile {
public:
    /// Begin a new file; nothing may wait to be written. errors: it cannot be made: the one before stays open
    Result<Done> begin(int folder, std::uint64_t number);

    /// Put blocks here, then write().
    pcapng::Blocks blocks;
    /// errors: the disk is full or broken; what was not written waits
    Result<Done> write();
    /// To the disk, with the name of a new file. errors: as write()
    Result<Done> sync(int folder);

    std::uint64_t octets() const { return written_ + blocks.size(); }
    std::uint64_t number() const { return number_; }

private:
    UniqueFd fd_;
    std::uint64_t number_ = 0, written_ = 0;
    bool name_synced_ = true;
};

}  // namespace sw
