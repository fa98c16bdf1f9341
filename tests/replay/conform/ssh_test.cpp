/// What is SSH and what is not, both sides, however it is cut.
#include <fmt/format.h>

#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"

namespace sw::craft {
namespace {

Talk honest(const std::string& name, const std::string& text) { return {name, Script(text), "ssh"}; }
HostileTalk hostile(const std::string& name, const std::string& text, Reason reason = Reason::not_speaking) {
    return {{name, Script(text), "ssh"}, reason};
}

std::string escaped(std::string_view octets) {
    std::string text;
    for (const char c : octets) text += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(c));
    return text;
}
std::string be32_text(std::uint32_t v) {
    return {static_cast<char>(v >> 24), static_cast<char>(v >> 16), static_cast<char>(v >> 8), static_cast<char>(v)};
}

/// A packet without keys (RFC 4253 6), padded to a multiple of eight octets.
std::string packet(const std::string& payload) {
    std::size_t padding = 4;
    while ((5 + payload.size() + padding) % 8 != 0) ++padding;
    return be32_text(static_cast<std::uint32_t>(1 + payload.size() + padding)) + static_cast<char>(padding) + payload +
           std::string(padding, 'p');
}
/// RFC 4253 7.1
std::string kexinit(std::size_t lists = 10, const std::string& end = std::string(5, '\0')) {
    std::string payload = "\x14" + std::string(16, 'c');
    for (std::size_t i = 0; i < lists; ++i) payload += i >= 8 ? be32_text(0) : be32_text(17) + "curve25519,none-x";
    return payload + end;
}
const std::string newkeys = "\x15", kex = "\x1e" + be32_text(32) + std::string(32, 'k'), disconnect = "\x01" + be32_text(11);

std::string sends(char who, const std::string& octets) { return fmt::format("{}: {}\n", who, escaped(octets)); }
/// As sends(), and the octet at `at` is the first wrong one.
std::string wrong(char who, const std::string& octets, std::size_t at) {
    return fmt::format("{}: {}\\^{}\n", who, escaped(octets.substr(0, at)), escaped(octets.substr(at)));
}

const std::string idents = "S> SSH-2.0-OpenSSH_9.2p1 Debian-2\nC> SSH-2.0-OpenSSH_9.2\n";
const std::string agreed = idents + sends('C', packet(kexinit())) + sends('S', packet(kexinit()));
/// The length, the padding's length and the type of a packet stand in its first six octets.
constexpr std::size_t last_of_length = 3, at_padding = 4, at_type = 5;

}  // namespace

TEST_CASE("ssh: honest conversations are clean") {
    const std::string keyed = agreed + sends('C', packet(kex)) + sends('S', packet(kex) + packet(newkeys)) + sends('C', packet(newkeys));
    expect_clean({
        honest("up to the keys, and anything behind them", keyed + "S: \\x00\\xff anything\nC: at\\n all\nC.\nS.\n"),
        honest("a server whose first ciphertext comes with NEWKEYS", agreed + sends('C', packet(kex)) +
                                                                         sends('S', packet(kex) + packet(newkeys) + "ciphertext") +
                                                                         sends('C', packet(newkeys) + "more")),
        honest("both sides speak first",
               "C> SSH-2.0-x\nC: " + escaped(packet(kexinit())) + "\nS> SSH-2.0-y\nS: " + escaped(packet(kexinit())) + "\n"),
        honest("text of the server before its identification (RFC 4253 4.2)",
               "S> Welcome.\nS> \nS> Authorised users only \\xc3\\xa4\nS> SSH-2.0-OpenSSH_9.2\nC> SSH-2.0-OpenSSH_9.2\n"),
        honest("LF alone (OpenSSH before 7.6, libssh, Cisco)",
               "S: SSH-2.0-Cisco-1.25\\n\nC: SSH-2.0-libssh-0.7.2\\n\n" + sends('C', packet(kexinit()))),
        honest("a server of both versions", "S> SSH-1.99-OpenSSH_3.9p1\nC> SSH-2.0-x\n"),
        honest("what is about the transport itself, within the key exchange",
               agreed + sends('C', packet("\x02" + be32_text(3) + "abc")) + sends('S', packet("\x03" + be32_text(1)))),
        honest("a side that leaves", agreed + sends('C', packet(disconnect)) + "C.\nS.\n"),
        honest("a scan of keys, which needs no more", agreed + sends('C', packet(kex)) + sends('S', packet(kex)) + "C.\nS.\n"),
        honest("Protocol mismatch: a probe, and what the server says to it",
               "S> SSH-2.0-OpenSSH_7.4p1\nC: \\r\\n\nS: Protocol mismatch.\\n\nS.\nC.\n"),
        honest("a server that is too busy", "S> Exceeded MaxStartups\nS.\nC> SSH-2.0-x\nC.\n"),
        honest("a server that does not like the address", "S> Not allowed at this time\nS.\nC.\n"),
    });
}

TEST_CASE("ssh hostile: not SSH at all") {
    using enum Reason;
    expect_found({
        hostile("HTTP", "C: \\^GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\n"),
        hostile("HTTP behind the server's identification", "S> SSH-2.0-x\nC: \\^GET / HTTP/1.1\\r\\n\n"),
        hostile("a client with a preface", "S> SSH-2.0-x\nC: \\^hello\\r\\nSSH-2.0-y\\r\\n\n"),
        hostile("TLS", "C: \\^\\x16\\x03\\x01\n"),
        hostile("a shell", "S: \\^\\x1b]0;root\\x07# \n"),
        hostile("SSH 1", "S: SSH-1.\\^5-1.2.26\\n\n"),
        hostile("SSH 1 of a client", "S> SSH-1.99-x\nC: SSH-1.\\^5-1.2.26\\n\n"),
        hostile("SSH 3", "S: SSH-\\^3.0-x\\r\\n\n"),
        hostile("no software", "S: SSH-2.0-\\r\\^\\n\n"),
        hostile("a blank where the software belongs", "S: SSH-2.0-\\^ x\\r\\n\n"),
        hostile("NUL in the identification", "S: SSH-1.99-Cisco_server-1.24 \\^\\0\\0\n"),
        hostile("an identification beyond ASCII", "S: SSH-2.0-\\^\\xff\\r\\n\n"),
        hostile("an identification without end", "S: SSH-2.0-" + std::string(245, 'x') + "\\^x\n"),
        hostile("a CR within the identification", "S: SSH-2.0-x\\r\\^y\\n\n"),
        hostile("text before the identification, with a control octet", "S: hello\\^\\x07\\r\\n\n"),
        hostile("text without end",
                [] {
                    std::string text;
                    for (int i = 0; i < 16; ++i) text += "S: " + std::string(252, 'x') + "\\r\\n\n";
                    return text + "S: " + std::string(31, 'x') + "\\r\\^\\n\n";
                }()),
        hostile("a client that says nothing", "S> SSH-2.0-x\nC.\\^\n", client_silent),
        hostile("a client that breaks off", "S> SSH-2.0-x\nC!\\^\n", client_reset),
        hostile("an end within the identification", "C: SSH-2.\nC.\\^\n"),
        hostile("a probe that goes on", "S> SSH-2.0-x\nC: \\r\\n\nC: \\^SSH-2.0-y\\r\\n\n"),
        hostile("a refusal that is no text", "S> SSH-2.0-x\nC: \\r\\n\nS: \\^\\x01\n"),
        hostile("a refusal that goes on", "S> SSH-2.0-x\nC: \\r\\n\nS: Protocol mismatch.\\n\\^uid=0\\n\n"),
    });
}

TEST_CASE("ssh hostile: packets that a key exchange does not have") {
    const std::string all = packet(kexinit());
    std::string odd_length = all, no_padding = all;
    odd_length[3] = static_cast<char>(odd_length[3] + 1);
    no_padding[4] = 3;
    const std::string short_lists = packet(kexinit(9)), long_end = packet(kexinit(10, std::string(5, '\0') + "more"));
    const std::string follows = packet(kexinit(10, std::string("\2\0\0\0\0", 5))),
                      reserved = packet(kexinit(10, std::string("\0\0\0\0\1", 5)));
    std::string long_list = all, odd_name = all;
    long_list[at_type + 17 + 2] = 1;
    odd_name[at_type + 17 + 4] = ' ';
    const std::size_t behind_lists = at_type + 17 + 8 * 21 + 2 * 4;
    expect_found({
        hostile("text behind the identification", idents + "C: hel\\^lo world\n"),
        hostile("a length that is no multiple of eight", idents + wrong('C', odd_length, last_of_length)),
        hostile("a length of 35,008 octets", idents + wrong('C', std::string("\0\0\x88\xbc", 4), 3)),
        hostile("too little padding", idents + wrong('C', no_padding, at_padding)),
        hostile("more padding than packet", idents + wrong('C', packet("\x14").substr(0, 4) + "\x40", at_padding)),
        hostile("ciphertext without keys", idents + wrong('C',
                                                          packet("\x32"
                                                                 "abc"),
                                                          at_type)),
        hostile("a key exchange before KEXINIT", idents + wrong('C', packet(kex), at_type)),
        hostile("IGNORE before KEXINIT (Terrapin)", idents + wrong('C', packet("\x02" + be32_text(0)), at_type)),
        hostile("KEXINIT twice", agreed + wrong('C', all, at_type)),
        hostile("a request for a service before the keys", agreed + wrong('C', packet("\x05" + be32_text(12) + "ssh-userauth"), at_type)),
        hostile("a login before the keys", agreed + wrong('C', packet("\x32" + be32_text(4) + "root"), at_type)),
        hostile("NEWKEYS before both sides' KEXINIT", idents + sends('C', all) + wrong('C', packet(newkeys), at_type)),
        hostile("NEWKEYS with data", agreed + wrong('C', packet(newkeys + "x"), at_type)),
        hostile("lists of names that are longer than the message", idents + wrong('C', long_list, at_type + 17 + 3)),
        hostile("a name with a blank", idents + wrong('C', odd_name, at_type + 17 + 4)),
        hostile("nine lists", idents + wrong('C', short_lists, behind_lists)),
        hostile("octets behind KEXINIT", idents + wrong('C', long_end, behind_lists + 4)),
        hostile("a boolean of 2", idents + wrong('C', follows, behind_lists)),
        hostile("a reserved field that is none", idents + wrong('C', reserved, behind_lists + 4)),
        hostile("a word behind the good-bye", agreed + sends('C', packet(disconnect)) + wrong('C', packet(kex), 0)),
        hostile("33 packets without keys",
                [&] {
                    std::string text = agreed;
                    for (int i = 0; i < 31; ++i) text += sends('C', packet(kex));
                    return text + wrong('C', packet(kex), 0);
                }()),
        hostile("an end within a packet", idents + sends('C', all.substr(0, 40)) + "C.\\^\n"),
    });
}

}  // namespace sw::craft
