#pragma once
/// The smallest frame that still fails, so that a person can read why.
#include <algorithm>

#include "tests/property/packet/frame_case.hpp"

namespace sw::test {

/// Remove octets, in halves, quarters ... and one by one; then zero what remains; until nothing helps any more.
/// in: fails(failing) holds, and fails has no state
template <class Fails>
FrameCase shrink(FrameCase failing, Fails fails) {
    const auto take_if_fails = [&](FrameCase&& smaller) {
        if (!fails(smaller)) return false;
        failing = std::move(smaller);
        return true;
    };
    for (bool progress = true; progress;) {
        progress = false;
        if (failing.missing != 0) {
            FrameCase whole = failing;
            whole.missing = 0;
            progress |= take_if_fails(std::move(whole));
        }
        for (std::size_t piece = std::max<std::size_t>(failing.bytes.size() / 2, 1); piece > 0; piece /= 2) {
            for (std::size_t at = 0; at + piece <= failing.bytes.size();) {
                FrameCase smaller = failing;
                const auto from = smaller.bytes.begin() + static_cast<std::ptrdiff_t>(at);
                smaller.bytes.erase(from, from + static_cast<std::ptrdiff_t>(piece));
                if (take_if_fails(std::move(smaller)))
                    progress = true;
                else
                    at += piece;
            }
        }
        for (std::size_t i = 0; i < failing.bytes.size(); ++i) {
            if (failing.bytes[i] == 0) continue;
            FrameCase plainer = failing;
            plainer.bytes[i] = 0;
            progress |= take_if_fails(std::move(plainer));
        }
    }
    return failing;
}

/// check gives "" or what is wrong. A failing frame is shrunk before it is reported: the report, or "".
template <class Check>
std::string smallest_failure(const FrameCase& c, Check check) {
    if (check(c).empty()) return {};
    const FrameCase smallest = shrink(c, [&](const FrameCase& s) { return !check(s).empty(); });
    return check(smallest) + "\nsmallest frame: " + describe(smallest);
}

}  // namespace sw::test
