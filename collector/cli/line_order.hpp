#pragma once
/// Puts lines about frames into the order of the frames, where the verdict of some comes later than those behind them.
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

namespace sw {

class LineOrder {
public:
    explicit LineOrder(std::function<void(const std::string&)> print) : print_(std::move(print)) {}

    /// The next frame: its line, "" if it has none, nothing if that is not known yet.
    void next(std::optional<std::string> line);
    /// The line ("": none) of a frame whose was not known. index: frames before it, from 0
    void settle(std::uint64_t index, std::string line);

    /// Lines that wait for that of a frame before them: as many as Fragments::frames_patience and one batch at most.
    std::size_t waiting() const { return lines_.size(); }

private:
    void flush();

    std::function<void(const std::string&)> print_;
    std::deque<std::optional<std::string>> lines_;
    std::uint64_t first_ = 0;  ///< index of lines_.front(), or of the frame that comes next
};

}  // namespace sw
