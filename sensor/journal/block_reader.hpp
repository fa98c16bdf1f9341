#pragma once
/// The blocks of one segment, whose writer may still be at work or have died. Nothing is believed before it is there:
/// memory is bounded by max_block and by the octets that the file really has.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/bytes.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/capture/frame.hpp"

namespace sw {

/// lifetime: views live until the next call
struct Block {
    enum class Kind : std::uint8_t { other, section, interface, packet, custom };
    std::uint32_t total = 0;  ///< octets; 0: not all of it is there (yet)
    Kind kind = Kind::other;
    Frame frame;               ///< packet; its link is the interface's
    std::string_view comment;  ///< packet
    std::string_view json;     ///< custom; interface and packet: of our option; "" if there is none
};

class BlockReader {
public:
    static constexpr std::uint32_t max_block = (16u << 20) + (256u << 10);

    /// "" or why the segment cannot be opened.
    std::string open(int folder, std::uint64_t segment);
    bool is_open() const { return static_cast<bool>(fd_); }
    void close() { fd_.reset(); }

    /// "" or what is wrong with the block at offset(), where the reader stays.
    std::string next(Block& block);
    /// Of the block that next() gives next.
    std::uint64_t offset() const { return offset_; }
    /// Octets of the segment as of now.
    std::uint64_t size() const;
    /// The last interface that next() gave has link headers in the other byte order.
    void swap_last_interface() { interfaces_.back().swapped = true; }

private:
    bool fill(std::size_t n);
    std::string take(std::uint32_t type, Bytes body, Block& block);
    std::string take_section(Bytes body) const;
    std::string take_interface(Bytes body, Block& block);
    std::string take_packet(Bytes body, Block& block) const;

    UniqueFd fd_;
    std::uint64_t offset_ = 0;
    std::uint32_t pending_ = 0;  ///< octets of the block given last: consumed by the next call
    std::vector<std::uint8_t> buffer_;
    std::size_t at_ = 0, end_ = 0;  ///< unread octets in buffer_; the first is at offset_
    std::vector<Datalink> interfaces_;
};

}  // namespace sw
