#include "collector/cli/line_order.hpp"

#include <utility>

namespace sw {

void LineOrder::next(std::optional<std::string> line) {
    lines_.push_back(std::move(line));
    flush();
}

void LineOrder::settle(std::uint64_t index, std::string line) {
    if (index < first_ || index - first_ >= lines_.size()) return;  // it has been printed: nobody waits for it
    lines_[index - first_] = std::move(line);
    flush();
}

void LineOrder::flush() {
    for (; !lines_.empty() && lines_.front(); lines_.pop_front(), ++first_)
        if (!lines_.front()->empty()) print_(*lines_.front());
}

}  // namespace sw
