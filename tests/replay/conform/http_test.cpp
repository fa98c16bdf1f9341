/// What is HTTP and what is not, both sides, however it is cut.
#include <fmt/format.h>

#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"

namespace sw::craft {
namespace {

Talk honest(const std::string& name, const std::string& text) { return {name, Script(text), "http"}; }
HostileTalk hostile(const std::string& name, const std::string& text, Reason reason = Reason::not_speaking) {
    return {{name, Script(text), "http"}, reason};
}
HostileTalk smuggled(const std::string& name, const std::string& text) { return hostile(name, text, Reason::http_smuggling); }

const std::string get = "C> GET / HTTP/1.1\nC> Host: mail.example\nC> \n";
const std::string empty_ok = "S> HTTP/1.1 200 OK\nS> Content-Length: 0\nS> \n";
/// The head of a POST up to its host.
const std::string post = "C> POST /a HTTP/1.1\nC> Host: mail.example\n";

// HTTP/2 (RFC 9113)
const std::string preface = "C> PRI * HTTP/2.0\nC> \nC> SM\nC> \n";
std::string frame(unsigned type, unsigned flags, std::uint32_t stream, const std::string& payload) {
    std::string text;
    const auto octet = [&text](std::uint32_t o) { text += fmt::format("\\x{:02x}", o & 0xff); };
    for (const int shift : {16, 8, 0}) octet(static_cast<std::uint32_t>(payload.size()) >> shift);
    octet(type);
    octet(flags);
    for (const int shift : {24, 16, 8, 0}) octet(stream >> shift);
    for (const char c : payload) octet(static_cast<std::uint8_t>(c));
    return text;
}
std::string sends(char who, const std::string& octets) { return fmt::format("{}: {}\n", who, octets); }
const std::string settings = frame(4, 0, 0, ""), settings_ack = frame(4, 1, 0, "");
const std::string opened = preface + sends('C', settings) + sends('S', settings + settings_ack) + sends('C', settings_ack);

}  // namespace

TEST_CASE("http: honest conversations are clean") {
    expect_clean({
        honest("a page, and another on the same connection",
               get + "S> HTTP/1.1 200 OK\nS> Content-Type: text/html\nS> Content-Length: 5\nS> \nS: hello\n" + get + empty_ok),
        honest("requests in a row", get + "C> HEAD /b HTTP/1.1\nC> Host: a\nC> \n" + get + empty_ok +
                                        "S> HTTP/1.1 200 OK\nS> Content-Length: 99\nS> \n" + empty_ok),
        honest("chunks, an extension and trailers",
               get + "S> HTTP/1.1 200 OK\nS> Transfer-Encoding: chunked\nS> \nS> 5;a=\"b\"\nS> hello\nS> 1F\nS: " + std::string(31, 'x') +
                   "\\r\\n\nS> 0\nS> Digest: x\nS> \n" + get + empty_ok),
        honest("a body that is handed in, and a server that wants it",
               post + "C> Content-Length: 4\nC> Expect: 100-continue\nC> \nS> HTTP/1.1 100 Continue\nS> \nC: data\n" + empty_ok),
        honest("extensions of every form",
               post +
                   "C> Transfer-Encoding: chunked\nC> \nC> 4;a;b = c ; d=\"e\\\\\"f;\\\\\\\\\"\nC> data\nC> 0;z\nC> "
                   "Server-Timing: a, b\nC> \n" +
                   empty_ok),
        honest("a cache that names its coding in Connection",
               get + "S> HTTP/1.1 200 OK\nS> Transfer-Encoding: chunked\nS> Connection: Transfer-Encoding, keep-alive\nS> \nS> 0\nS> \n"),
        honest("chunks that are handed in", post + "C> Transfer-Encoding: chunked\nC> \nC> 4\nC> data\nC> 0\nC> \n" + empty_ok),
        honest("a body up to the end of the connection", get + "S> HTTP/1.1 200 OK\nS> \nS: anything \\x00\\xff\\n at all\nS.\nC.\n"),
        honest("HTTP/1.0", "C> GET /a?b=%20c HTTP/1.0\nC> \nS> HTTP/1.0 404 Not Found\nS> \nS: no\nS.\nC.\n"),
        honest("calendars and files (WebDAV)",
               "C> PROPFIND /dav/ HTTP/1.1\nC> Host: a\nC> Depth: 1\nC> Content-Length: 3\nC> \nC: <a/\nS> HTTP/1.1 207 "
               "Multi-Status\nS> Content-Length: 1\nS> \nS: x\n"),
        honest("no body where there is none", get + "S> HTTP/1.1 304 Not Modified\nS> Content-Length: 77\nS> \n" + get +
                                                  "S> HTTP/1.1 204 None\nS> "
                                                  "Content-Length: 0\nS> \n" +
                                                  get + empty_ok),
        honest("OPTIONS of the server, a whole URI", "C> OPTIONS * HTTP/1.1\nC> Host: a\nC> \n" + empty_ok +
                                                         "C> GET http://a.example/b HTTP/1.1\nC> "
                                                         "Host: a.example\nC> \n" +
                                                         empty_ok),
        honest(
            "close",
            "C> GET / HTTP/1.1\nC> Host: a\nC> Connection: close\nC> \nS> HTTP/1.1 200 OK\nS> Connection: Close\nS> Content-Length: 1\nS> "
            "\nS: x\nS.\nC.\n"),
        honest("a server that tires of waiting",
               get + empty_ok + "S> HTTP/1.1 408 Request Timeout\nS> Connection: close\nS> Content-Length: 0\nS> \nS.\n"),
        honest("a server that will not read on",
               post + "C> Content-Length: 9999\nC> \nC: abc\nS> HTTP/1.1 413 Too Large\nS> Connection: close\nS> "
                      "Content-Length: 0\nS> \n"),
        honest("a status without a reason, an empty line between requests",
               get + "S> HTTP/1.1 200\nS> Content-Length: 0\nS> \nC: \\r\\n\n" + get +
                   "S> HTTP/1.1 200 \nS> Content-Length: 0\nS> \nC.\nS.\n"),
        honest("a connection without a word", "C.\nS.\n"),
        honest("a client that does not wait for all of it", get + "S> HTTP/1.1 200 OK\nS> Content-Length: 10\nS> \nS: abc\nC.\nS.\n"),
        honest("HTTP/2", opened + sends('C', frame(1, 0x04, 1, "\x82\x86")) +
                             sends('S', frame(8, 0, 0, std::string("\0\0\1\0", 4)) + frame(1, 0x04, 1, "\x88") + frame(0, 1, 1, "hello")) +
                             sends('C', frame(6, 0, 0, "12345678")) + sends('S', frame(6, 1, 0, "12345678")) +
                             sends('C', frame(1, 0, 3, "\x82") + frame(9, 4, 3, "\x86")) +
                             sends('S', frame(3, 0, 3, std::string("\0\0\0\7", 4))) + sends('C', frame(7, 0, 0, std::string(8, '\0'))) +
                             "C.\nS.\n"),
        honest("HTTP/2: a promise that is kept",
               opened + sends('C', frame(1, 5, 1, "\x82")) +
                   sends('S', frame(5, 4, 1, std::string("\0\0\0\2\x82", 5)) + frame(1, 4, 2, "\x88") + frame(0, 1, 2, "x"))),
        honest("HTTP/2: padding",
               opened + sends('C', frame(1, 0x0c, 1, std::string("\3\x83\0\0\0", 5)) + frame(0, 8, 1, std::string("\2ab\0\0", 5)) +
                                       frame(0, 8, 1, std::string("\4\0\0\0\0", 5)) + frame(0, 9, 1, std::string("\0x", 2)))),
        honest("HTTP/2: larger frames where the other side takes them",
               preface + sends('C', settings) + sends('S', frame(4, 0, 0, std::string("\0\5\0\0\x50\0", 6))) +
                   sends('C', settings_ack + frame(1, 4, 1, "\x83") + frame(0, 1, 1, std::string(20'000, 'x')))),
    });
}

TEST_CASE("http hostile: a length that two servers may read differently") {
    expect_found({
        smuggled("a length and chunks", post + "C> Content-Length: 4\nC> Transfer-Encoding: chunked\nC: \\r\\^\\n\n"),
        smuggled("chunks and a length", post + "C> Transfer-Encoding: chunked\nC> Content-Length: 4\nC: \\r\\^\\n\n"),
        smuggled("two lengths", post + "C> Content-Length: 4\nC: Content-Length\\^: 5\\r\\n\n"),
        smuggled("the same length twice", post + "C> Content-Length: 4\nC: content-length\\^: 4\\r\\n\n"),
        smuggled("a list of lengths", post + "C: Content-Length: 4\\^, 4\\r\\n\n"),
        smuggled("a length with a sign", post + "C: Content-Length: \\^+4\\r\\n\n"),
        smuggled("a length in hexadecimal", post + "C: Content-Length: 0\\^x4\\r\\n\n"),
        smuggled("a length with a blank in it", post + "C: Content-Length: 4 \\^4\\r\\n\n"),
        smuggled("no length at all", post + "C: Content-Length:\\^\\r\\n\n"),
        smuggled("a length of nineteen digits", post + "C: Content-Length: 123456789012345678\\^9\\r\\n\n"),
        smuggled("another coding", post + "C: Transfer-Encoding: \\^identity\\r\\n\n"),
        smuggled("chunked and more", post + "C: Transfer-Encoding: chunked\\^, identity\\r\\n\n"),
        smuggled("chunked, but not quite", post + "C: Transfer-Encoding: chunk\\^\\r\\n\n"),
        smuggled("chunked behind a form feed", post + "C: Transfer-Encoding: \\^\\x0bchunked\\r\\n\n"),
        smuggled("chunked twice", post + "C> Transfer-Encoding: chunked\nC: Transfer-Encoding\\^: chunked\\r\\n\n"),
        smuggled("chunks in HTTP/1.0", "C> POST / HTTP/1.0\nC> Transfer-Encoding: chunked\nC: \\r\\^\\n\n"),
        smuggled("a blank before the colon", post + "C: Content-Length\\^ : 4\\r\\n\n"),
        smuggled("a field over two lines", post + "C> X: a\nC: \\^ Content-Length: 4\\r\\n\n"),
        smuggled("a field that begins with a tab", post + "C: \\^\\tX: a\\r\\n\n"),
        smuggled("a bare LF behind the request", "C: GET / HTTP/1.1\\^\\nHost: a\\n\\n\n"),
        smuggled("a bare LF behind a field", post + "C: X: a\\^\\nY: b\\r\\n\n"),
        smuggled("a bare LF that ends the head", post + "C: X: a\\r\\n\\^\\nGET /admin HTTP/1.1\\r\\n\n"),
        smuggled("a bare CR in a field", post + "C: X: a\\r\\^Y: b\\r\\n\n"),
        smuggled("NUL in a field", post + "C: X: a\\^\\0b\\r\\n\n"),
        smuggled("two hosts", post + "C: Host\\^: b\\r\\n\n"),
        smuggled("a chunk's size with a sign", post + "C> Transfer-Encoding: chunked\nC> \nC: \\^-1\\r\\n\n"),
        smuggled("a chunk's size in 0x", post + "C> Transfer-Encoding: chunked\nC> \nC: 0\\^x5\\r\\n\n"),
        smuggled("a chunk's size with a blank", post + "C> Transfer-Encoding: chunked\nC> \nC: 5\\^ \\r\\n\n"),
        smuggled("a chunk's size without end", post + "C> Transfer-Encoding: chunked\nC> \nC: 000000000000000\\^5\\r\\n\n"),
        smuggled("a chunk's size that ends with LF", post + "C> Transfer-Encoding: chunked\nC> \nC: 5\\^\\nhello\n"),
        smuggled("a chunk that is longer than it says", post + "C> Transfer-Encoding: chunked\nC> \nC: 2\\r\\nab\\^c\\r\\n\n"),
        smuggled("a chunk that ends with LF", post + "C> Transfer-Encoding: chunked\nC> \nC: 2\\r\\nab\\^\\n0\\r\\n\n"),
        smuggled("a trailer over two lines", post + "C> Transfer-Encoding: chunked\nC> \nC: 0\\r\\nX: a\\r\\n\\^ b\\r\\n\n"),
        smuggled("a string in quotes that ends on no line",
                 post + "C> Transfer-Encoding: chunked\nC> \nC: 1;a=\"b\\^\\r\\nX\\r\\n0\\r\\n\\r\\n\n"),
        smuggled("a string in quotes whose end is escaped",
                 post + "C> Transfer-Encoding: chunked\nC> \nC: 1;a=\"b\\\\\"\\^\\r\\nX\\r\\n\n"),
        smuggled("an extension that ends with LF", post + "C> Transfer-Encoding: chunked\nC> \nC: 1;\\^\\nxx\\r\\n0\\r\\n\n"),
        smuggled("a length behind the chunks", post + "C> Transfer-Encoding: chunked\nC> \nC: 0\\r\\nContent-Length\\^: 5\\r\\n\n"),
        smuggled("chunks behind the chunks",
                 post + "C> Transfer-Encoding: chunked\nC> \nC: 0\\r\\nX: y\\r\\ntransfer-encoding\\^: chunked\\r\\n\n"),
        smuggled("a request in place of a trailer", post + "C> Transfer-Encoding: chunked\nC> \nC: 0\\r\\nGET\\^ /admin HTTP/1.1\\r\\n\n"),
        smuggled("a length that is to be dropped on the way",
                 post + "C> Content-Length: 4\nC: Connection: close, content-length\\^\\r\\n\n"),
        smuggled("chunks that are to be dropped on the way", post + "C: Connection: Transfer-Encoding\\^,close\\r\\n\n"),
        smuggled("a response with both", get + "S> HTTP/1.1 200 OK\nS> Content-Length: 4\nS> Transfer-Encoding: chunked\nS: \\r\\^\\n\n"),
        smuggled("a length where there is no body", get + "S> HTTP/1.1 204 None\nS> Content-Length: 4\nS: \\r\\^\\n\n"),
    });
}

TEST_CASE("http hostile: not HTTP at all") {
    expect_found({
        hostile("a method in small letters", "C: \\^get / HTTP/1.1\\r\\n\n"),
        hostile("a method that ends in small letters", "C: GE\\^t / HTTP/1.1\\r\\n\n"),
        hostile("SSH", "C: S\\^SH-2.0-OpenSSH_9.2\\r\\n\n"),
        hostile("TLS", "C: \\^\\x16\\x03\\x01\\x02\\0\n"),
        hostile("a shell", get + "S: \\^uid=0(root)\\n\n"),
        hostile("a server that speaks first", "S: \\^220 mail.example ESMTP\\r\\n\n"),
        hostile("a server that answers nobody", "S: HTTP/1.1 20\\^0 OK\\r\\n\n"),
        hostile("one response too many", get + empty_ok + "S: HTTP/1.1 20\\^0 OK\\r\\n\n"),
        hostile("CONNECT", "C: CO\\^NNECT a:443 HTTP/1.1\\r\\n\n"),
        hostile("TRACE", "C: \\^TRACE / HTTP/1.1\\r\\n\n"),
        hostile("a method and a letter", "C: GET\\^X / HTTP/1.1\\r\\n\n"),
        hostile("another version", "C: GET / HTTP/\\^2.0\\r\\n\n"),
        hostile("no version", "C: GET /\\^\\r\\n\n"),
        hostile("two blanks", "C: GET \\^ / HTTP/1.1\\r\\n\n"),
        hostile("a path with an odd octet", "C: GET /\\^\"a HTTP/1.1\\r\\n\n"),
        hostile("a path with a broken escape", "C: GET /%4\\^g HTTP/1.1\\r\\n\n"),
        hostile("a path beyond ASCII", "C: GET /\\^\\xe4 HTTP/1.1\\r\\n\n"),
        hostile("an asterisk that is no OPTIONS", "C: GET \\^* HTTP/1.1\\r\\n\n"),
        hostile("another scheme", "C: GET \\^ftp://a/ HTTP/1.1\\r\\n\n"),
        hostile("a request without a host", "C: GET / HTTP/1.1\\r\\n\\r\\^\\n\n"),
        hostile("a host that is none", "C: GET / HTTP/1.1\\r\\nHost: a\\^\\\\b\\r\\n\n"),
        hostile("a field without a name", post + "C: X\\^(: a\\r\\n\n"),
        hostile("a line without end", "C: GET /" + std::string(8'192 - 5, 'a') + "\\^a\n"),
        hostile("a status of two digits", get + "S: HTTP/1.1 20\\^ OK\\r\\n\n"),
        hostile("a status of the sixth class", get + "S: HTTP/1.1 \\^600 OK\\r\\n\n"),
        hostile("a switch to another protocol", get + "S: HTTP/1.1 10\\^1 Switching\\r\\n\n"),
        hostile("a request behind the last", "C> GET / HTTP/1.1\nC> Host: a\nC> Connection: close\nC> \nC: \\^GET / HTTP/1.1\\r\\n\n"),
        hostile("a response behind the last",
                get + get + "S> HTTP/1.1 200 OK\nS> Connection: close\nS> Content-Length: 0\nS> \nS: \\^HTTP/1.1 200 OK\\r\\n\n"),
        hostile("an end within a head", "C: GET / HTTP/1.1\\r\\nHost: a\nC.\\^\n"),
        hostile("an end within a body", post + "C> Content-Length: 4\nC> \nC: da\nC.\\^\n"),
        hostile("a server's end within a body", get + "S> HTTP/1.1 200 OK\nS> Content-Length: 4\nS> \nS: da\nS.\\^\n"),
    });
}

TEST_CASE("http hostile: HTTP/2") {
    const auto client_says = [](const std::string& octets) { return opened + sends('C', octets); };
    // The head of a frame is judged at its ninth octet.
    const auto bad_head = [](std::string octets) { return octets.insert(8 * 4, "\\^"); };
    expect_found({
        hostile("another preface", "C: PRI\\^X * HTTP/2.0\\r\\n\n"),
        hostile("HTTP/1.1 behind the preface", preface + "C: GET / HT\\^TP/1.1\\r\\n\n"),
        hostile("no SETTINGS first", preface + sends('C', bad_head(frame(6, 0, 0, "12345678")))),
        hostile("a server that answers with HTTP/1.1", preface + sends('C', settings) + "S: HTTP/1.1\\^ 200 OK\\r\\n\n"),
        hostile("an unknown type", client_says(bad_head(frame(0x42, 0, 0, "")))),
        hostile("a frame that is too long", client_says(bad_head(frame(0, 0, 1, std::string(16'385, 'x'))))),
        hostile("a ping of seven octets", client_says(bad_head(frame(6, 0, 0, "1234567")))),
        hostile("a ping on a stream", client_says(bad_head(frame(6, 0, 1, "12345678")))),
        hostile("data on stream 0", client_says(bad_head(frame(0, 0, 0, "x")))),
        hostile("data on a stream that nobody opened", client_says(bad_head(frame(0, 0, 1, "x")))),
        hostile("data of a client on a stream with an even number", client_says(bad_head(frame(0, 0, 2, "x")))),
        hostile("data on a stream that was not promised", opened + sends('S', bad_head(frame(0, 0, 2, "x")))),
        hostile("data of a client on a stream that was promised",
                opened + sends('C', frame(1, 5, 1, "\x82")) +
                    sends('S', frame(5, 4, 1, std::string("\0\0\0\2\x82", 5)) + frame(1, 4, 2, "\x88")) +
                    sends('C', bad_head(frame(0, 0, 2, "x")))),
        hostile("a promise on a stream that nobody opened", opened + sends('S', bad_head(frame(5, 4, 1, std::string("\0\0\0\2\x82", 5))))),
        hostile("an even stream of a client", client_says(bad_head(frame(1, 4, 2, "\x82")))),
        hostile("a flag that the type has not", client_says(bad_head(frame(6, 0x80, 0, "12345678")))),
        hostile("the reserved bit", client_says(bad_head(frame(6, 0, 0x80000000, "12345678")))),
        hostile("fields that something else interrupts", client_says(frame(1, 0, 1, "\x82") + bad_head(frame(6, 0, 0, "12345678")))),
        hostile("the rest of no fields", client_says(bad_head(frame(9, 4, 1, "\x82")))),
        hostile("a promise of a client", client_says(bad_head(frame(5, 4, 1, std::string("\0\0\0\2\x82", 5))))),
        hostile("settings of five octets", client_says(bad_head(frame(4, 0, 0, "12345")))),
        hostile("an acknowledgement with settings", client_says(bad_head(frame(4, 1, 0, "123456")))),
        hostile("padded, and not an octet that says how far", client_says(frame(1, 4, 1, "\x83") + bad_head(frame(0, 8, 1, "")))),
        hostile("padding of the whole frame", client_says(frame(1, 4, 1, "\x83") + frame(0, 8, 1, "\x05xxxx").insert(9 * 4, "\\^"))),
        hostile("padding that leaves no room for a priority",
                client_says(frame(1, 0x2c, 1, std::string("\1\0\0\0\0\0", 6)).insert(9 * 4, "\\^"))),
        hostile(
            "padding that leaves no room for the promised stream",
            opened + sends('C', frame(1, 4, 1, "\x83")) + sends('S', frame(5, 0x0c, 1, std::string("\1\0\0\0\2", 5)).insert(9 * 4, "\\^"))),
        hostile("a priority that ends early", client_says(bad_head(frame(1, 0x24, 1, "1234")))),
        hostile("padding that says something",
                client_says(frame(1, 4, 1, "\x83") + frame(0, 8, 1, std::string("\3ab\0\0x", 6)).insert(14 * 4, "\\^"))),
        hostile("a frame size that nobody may ask for", client_says(frame(4, 0, 0, std::string("\0\5\0\0\0\1", 6)).insert(14 * 4, "\\^"))),
        hostile("an end within a frame", client_says(frame(6, 0, 0, "12345678").substr(0, 12 * 4)) + "C.\\^\n"),
    });
}

}  // namespace sw::craft
