#pragma once
/// The numbers of pcapng that the reader and the writer share.
/// source: draft-ietf-opsawg-pcapng
#include <cstddef>
#include <cstdint>

namespace sw::pcapng {

inline constexpr std::uint32_t section_header = 0x0a0d0d0a, interface_description = 1, obsolete_packet = 2, simple_packet = 3,
                               interface_statistics = 5, enhanced_packet = 6, custom = 0x00000bad;
inline constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
inline constexpr std::uint32_t smallest_block = 12, section_octets = 28;
inline constexpr std::uint16_t opt_end = 0, opt_comment = 1, shb_userappl = 4, if_name = 2, if_tsresol = 9, if_tsoffset = 14, epb_flags = 2,
                               epb_packetid = 5, isb_starttime = 2, isb_endtime = 3, isb_ifrecv = 4, isb_ifdrop = 5, isb_osdrop = 7,
                               opt_custom_text = 2988;

/// Whose Custom Blocks and options ours are: the number reserved for documentation (RFC 5612), until the project has its own.
inline constexpr std::uint32_t enterprise_number = 32473;

/// Options and frames fill up to 32 bits.
constexpr std::size_t padded(std::size_t n) { return (n + 3) & ~std::size_t{3}; }

}  // namespace sw::pcapng
