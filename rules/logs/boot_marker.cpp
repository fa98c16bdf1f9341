#include "rules/logs/boot_marker.hpp"

#include <array>

#include "rules/logs/kernel_clock.hpp"
#include "rules/logs/octet_class.hpp"

namespace sw {

Marker marker_of(const LogLine& line) {
    Marker m;
    m.by_kernel = line.facility == facility_kern;
    const std::string_view p = line.program;
    if (!m.by_kernel && p != "kernel" && p != "/bsd" && p != "/netbsd") return m;
    m.clock = kernel_clock(line.text);
    const std::string_view text = line.text.substr(kernel_clock_octets(line.text));
    const auto names = [text](std::string_view front) {
        return text.size() > front.size() && text.starts_with(front) && is_digit_octet(text[front.size()]);
    };
    if (names("Linux version ")) {
        m.kind = MarkerKind::linux_version;
    } else if (names("OpenBSD ") || names("FreeBSD ") || names("NetBSD ")) {
        m.kind = MarkerKind::bsd_version;
    } else if (text.starts_with("Copyright (c) ")) {
        m.kind = MarkerKind::copyright;
    }
    return m;
}

}  // namespace sw
