#pragma once
/// What libpcap and tcpdump say of a capture.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sw::corpora {

/// One capture as libpcap reads it: all frames it delivers, kept with what it needs to compile filters for them.
class ByLibpcap {
public:
    explicit ByLibpcap(const std::string& capture_name, std::size_t at_most = SIZE_MAX);
    ~ByLibpcap();

    /// It opened the file and read it to its end (or at_most).
    bool clean() const;
    std::size_t frames() const;
    /// Frames that the expression prints; nothing: libpcap does not compile it for this link (why says it).
    std::optional<std::uint64_t> matching(const std::string& expression, std::string& why) const;
    /// Has the expression one meaning? What stands behind "geneve ... or" loads scratch memory that only the branch for
    /// geneve stores, so libpcap's answer depends on what the stack held before. (The Linux kernel refuses such a program.)
    bool is_defined(const std::string& expression) const;

private:
    struct Held;
    std::unique_ptr<Held> held_;
};

/// "tcpdump -n --count -r FILE -- EXPRESSION": the number it prints; nothing if it prints none or is not installed.
std::optional<std::uint64_t> counted_by_tcpdump(const std::string& capture_name, const std::string& expression);
bool has_tcpdump();

}  // namespace sw::corpora
