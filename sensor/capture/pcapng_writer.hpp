#pragma once
/// Writes frames as pcapng, each with a comment: evidence that tcpdump, tshark and Wireshark read.
/// source: draft-ietf-opsawg-pcapng; reader: sensor/capture/reader.hpp
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "rules/base/result.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/capture/frame.hpp"
#include "sensor/capture/pcapng_blocks.hpp"

namespace sw {

class PcapngWriter {
public:
    /// fd is open for writing. The section header (our name as the writing application) goes out with the first flush.
    /// Comments are UTF-8 and kept as given, up to 65,000 octets.
    PcapngWriter(UniqueFd fd, std::string_view comment);

    /// Append one frame; an Interface Description Block precedes the first of each datalink (if_tsresol 9). A time
    /// before 1970 becomes 1970: the format has none. Frames of the other byte order (Datalink::swapped) get a section
    /// in that order, because link headers such as NULL's are read in the order of their section.
    /// errors: caplen above CaptureReader::max_frame (code input; nothing was written); the write failed (code
    ///         environment; the file holds everything before, and this writer takes no more)
    Result<Done> write(const Frame& frame, std::string_view comment);
    Result<Done> flush();

private:
    void put_section(bool swapped);
    std::uint32_t put_interface(Datalink link);

    UniqueFd fd_;
    std::string comment_;
    std::optional<bool> swapped_;  ///< of the current section
    pcapng::Blocks buffer_;
    std::map<Datalink, std::uint32_t> interfaces_;
};

}  // namespace sw
