#pragma once
/// What gzip and zstd sources share: the compressed octets waiting, and the loop around one step of the decoder.
#include <vector>

#include "sensor/capture/byte_source.hpp"

namespace sw {

class CompressedSource : public ByteSource {
public:
    CompressedSource(std::unique_ptr<FileSource> file, std::span<const std::uint8_t> head);
    std::size_t read(std::span<std::uint8_t> out) final;
    std::uint64_t position() const final { return file_->position() - waiting_.size(); }

    void give_up() final {
        ByteSource::give_up();
        file_->give_up();
    }

protected:
    /// Decode from waiting_ (drop what was used) into out; sets pending_, inside_, and failure_ on damage.
    virtual std::size_t step(std::span<std::uint8_t> out) = 0;

    std::span<const std::uint8_t> waiting_;
    bool pending_ = false;  ///< the decoder may hold output that did not fit: ask it before reading on
    bool inside_ = true;    ///< within a member or frame: the file must not end here

private:
    bool fill();
    std::unique_ptr<FileSource> file_;
    std::vector<std::uint8_t> input_;
};

}  // namespace sw
