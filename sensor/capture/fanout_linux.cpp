#include "sensor/capture/fanout.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace sw {
namespace {

/// Builds the program that gives a frame its number. The kernel runs it where the network header begins, VLAN tag taken off; a
/// load from beyond the frame ends it with 0, which is a number like others.
class Program {
public:
    explicit Program(std::uint32_t key) : key_(key) {
        load(SKF_AD_OFF + SKF_AD_PKTTYPE);
        skip_unless(PACKET_OUTGOING, 1);  // begins elsewhere, and nobody may send here
        give(0);
        load(SKF_AD_OFF + SKF_AD_PROTOCOL);
        const std::size_t v4 = branch(ETH_P_IP);
        const std::size_t v6 = branch(ETH_P_IPV6);
        give(0);
        land(v4);
        pair_of_ipv4();
        land(v6);
        pair_of_ipv6();
    }
    sock_fprog filter() { return {static_cast<unsigned short>(code_.size()), code_.data()}; }

private:
    static constexpr std::uint32_t sum_at = 0;  // scratch memory
    static constexpr std::uint8_t icmp = 1, icmp6 = 58;

    void add(unsigned code, std::uint32_t k, std::uint8_t yes = 0, std::uint8_t no = 0) {
        code_.push_back({static_cast<std::uint16_t>(code), yes, no, k});
    }
    void load(int offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
    void load_octet(std::uint32_t offset) { add(BPF_LD | BPF_B | BPF_ABS, offset); }
    void give(std::uint32_t number) { add(BPF_RET | BPF_K, number); }
    /// Go on behind the next `count` instructions unless the accumulator is value.
    void skip_unless(std::uint32_t value, std::uint8_t count) { add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count); }

    /// To where land() is told, if the accumulator is value.
    std::size_t branch(std::uint32_t value) {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
        add(BPF_JMP | BPF_JA, 0);
        return code_.size() - 1;
    }
    void land(std::size_t from) { code_[from].k = static_cast<std::uint32_t>(code_.size() - from - 1); }

    /// Add a word of each address to the sum, the same for both orders. nth: which word of them; relative: offsets count from base_at
    void mix(std::uint32_t nth, std::uint32_t one, std::uint32_t other, bool relative) {
        const unsigned from = relative ? unsigned{BPF_IND} : unsigned{BPF_ABS};
        for (const unsigned how : {unsigned{BPF_ADD}, unsigned{BPF_XOR}}) {
            const std::uint32_t multiplier = odd(2 * nth + (how == BPF_XOR ? 1 : 0));
            if (relative) add(BPF_LDX | BPF_MEM, base_at);
            add(BPF_LD | BPF_W | from, one);
            add(BPF_ST, word_at);
            if (relative) add(BPF_LDX | BPF_MEM, base_at);
            add(BPF_LD | BPF_W | from, other);
            add(BPF_LDX | BPF_MEM, word_at);
            add(BPF_ALU | how | BPF_X, 0);
            add(BPF_ALU | BPF_MUL | BPF_K, multiplier);
            add(BPF_LDX | BPF_MEM, sum_at);
            add(BPF_ALU | BPF_ADD | BPF_X, 0);
            add(BPF_ST, sum_at);
        }
    }
    void begin_sum() {
        add(BPF_LD | BPF_IMM, key_);
        add(BPF_ST, sum_at);
    }
    /// The kernel divides the number by how many sockets there are: all of its bits must depend on all of the sum's.
    void give_sum() {
        add(BPF_LD | BPF_MEM, sum_at);
        for (const std::uint32_t shift : {16u, 15u}) {
            add(BPF_MISC | BPF_TAX, 0);
            add(BPF_ALU | BPF_RSH | BPF_K, shift);
            add(BPF_ALU | BPF_XOR | BPF_X, 0);
            add(BPF_ALU | BPF_MUL | BPF_K, odd(shift));
        }
        add(BPF_MISC | BPF_TAX, 0);
        add(BPF_ALU | BPF_RSH | BPF_K, 16);
        add(BPF_ALU | BPF_XOR | BPF_X, 0);
        add(BPF_RET | BPF_A, 0);
    }

    /// An error counts as the packet that it quotes: its sender may be any router.
    void pair_of_ipv4() {
        constexpr std::uint32_t proto = 9, fragment = 6, type = 0, header = 8, source = 12, destination = 16;
        begin_sum();
        std::vector<std::size_t> plain;
        load_octet(proto);
        plain.push_back(unless(icmp));
        add(BPF_LD | BPF_H | BPF_ABS, fragment);
        add(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 0, 1);
        plain.push_back(jump());
        add(BPF_LDX | BPF_B | BPF_MSH, 0);
        add(BPF_LD | BPF_B | BPF_IND, type);
        std::vector<std::size_t> error;
        for (const std::uint32_t t : {3u, 4u, 5u, 11u, 12u}) error.push_back(branch(t));
        plain.push_back(jump());
        for (const std::size_t at : error) land(at);
        add(BPF_STX, base_at);
        mix(0, header + source, header + destination, true);
        give_sum();
        for (const std::size_t at : plain) land(at);
        mix(0, source, destination, false);
        give_sum();
    }

    void pair_of_ipv6() {
        constexpr std::uint32_t next = 6, source = 8, destination = 24, type = 40, quoted = 48, words = 4;
        begin_sum();
        load_octet(next);
        const std::size_t other = unless(icmp6);
        load_octet(type);
        add(BPF_JMP | BPF_JGE | BPF_K, 128, 0, 1);  // below: errors
        const std::size_t news = jump();
        for (std::uint32_t i = 0; i < words; ++i) mix(i, quoted + source + 4 * i, quoted + destination + 4 * i, false);
        give_sum();
        land(other);
        land(news);
        for (std::uint32_t i = 0; i < words; ++i) mix(i, source + 4 * i, destination + 4 * i, false);
        give_sum();
    }

    std::size_t jump() {
        add(BPF_JMP | BPF_JA, 0);
        return code_.size() - 1;
    }
    std::size_t unless(std::uint32_t value) {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
        return jump();
    }
    /// Multipliers that whoever does not know the key does not know. source: PCG's output function (O'Neill 2014)
    std::uint32_t odd(std::uint32_t nth) const {
        const std::uint32_t state = (key_ + nth) * 747796405u + 2891336453u;
        const std::uint32_t word = ((state >> ((state >> 28) + 4)) ^ state) * 277803737u;
        return ((word >> 22) ^ word) | 1u;
    }

    static constexpr std::uint32_t word_at = 1, base_at = 2;
    std::uint32_t key_;
    std::vector<sock_filter> code_;
};

Unexpected cannot(const char* what) {
    return unexpected(std::string("several capture threads: ") + what + ": " + std::strerror(errno), ExitCode::environment);
}

}  // namespace

Result<Done> share_frames(std::span<const int> sockets, std::uint32_t key) {
    std::uint32_t group = (PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
    for (const int fd : sockets) {
        if (::setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof group) != 0) return cannot("join a fanout group");
        // The first made a group that nobody else has; the others join it by its number.
        socklen_t octets = sizeof group;
        if (::getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, &octets) != 0) return cannot("ask for the fanout group");
        group = (group & 0xffff) | (std::uint32_t{PACKET_FANOUT_CBPF} << 16);
    }
    Program program(key);
    sock_fprog filter = program.filter();
    if (::setsockopt(sockets.front(), SOL_PACKET, PACKET_FANOUT_DATA, &filter, sizeof filter) != 0)
        return cannot("give the fanout its program");
    return Done{};
}

}  // namespace sw
