#pragma once
/// Frames with right lengths and checksums, written to a pcap file (LINKTYPE_ETHERNET, microseconds).
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace bench {

using Payload = std::span<const std::uint8_t>;

struct End {
    std::uint32_t address = 0;
    std::uint16_t port = 0;
};

struct Segment {
    std::uint32_t seq = 0, ack = 0;
    std::uint8_t flags = 0;
};

namespace flag {
inline constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10;
}

class PcapFile {
public:
    /// Ends the program with a message if the file cannot be made or written.
    explicit PcapFile(const std::string& path);
    ~PcapFile();

    /// payload: at most 1,460 octets
    void tcp(const End& from, const End& to, const Segment& s, Payload payload = {});
    void udp(const End& from, const End& to, Payload payload);
    void icmp_echo(const End& from, const End& to, Payload payload);
    /// Some protocol of which nobody looks further than its number.
    void ip(std::uint8_t protocol, const End& from, const End& to, Payload payload);

    void advance(std::uint32_t microseconds) { now_us_ += microseconds; }
    std::uint64_t packets() const { return packets_; }
    std::uint64_t octets() const { return octets_; }  ///< of the frames

private:
    static constexpr std::size_t link = 14, network = 20, transport = link + network;

    std::uint8_t* begin(std::uint8_t protocol, const End& from, const End& to);
    void finish(std::size_t header, Payload payload, std::size_t checksum_offset, bool pseudo);
    void write(std::size_t size);

    struct Close {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    std::unique_ptr<std::FILE, Close> file_;
    std::string path_;
    std::array<std::uint8_t, 1514> frame_{};
    std::uint64_t now_us_ = 1'767'225'600'000'000;
    std::uint64_t packets_ = 0, octets_ = 0;
    std::uint16_t ip_id_ = 0;
};

}  // namespace bench
