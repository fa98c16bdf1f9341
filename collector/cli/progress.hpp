#pragma once
/// One line on a terminal about a long replay.
#include <chrono>
#include <cstdint>
#include <string>

namespace sw {

class Progress {
public:
    /// enabled: the line is drawn (stderr is a terminal and nobody said --no-progress)
    explicit Progress(bool enabled) : enabled_(enabled) {}

    /// size: octets of the file as stored, 0 if unknown (a pipe)
    void begin_file(const std::string& name, std::uint64_t size);
    /// Cheap; redraws a few times a second, or at once when a signal asked for a line.
    void at(std::uint64_t position, std::uint64_t frames, std::uint64_t grey);
    void clear();

private:
    std::string text(std::uint64_t position, std::uint64_t frames, std::uint64_t grey) const;

    using Clock = std::chrono::steady_clock;
    bool enabled_ = false, drawn_ = false;
    std::string name_;
    std::uint64_t size_ = 0;
    Clock::time_point drawn_at_{}, began_{};
};

}  // namespace sw
