#include "sensor/conform/http/http.hpp"

namespace sw {

using http::BodyReader;

namespace {

constexpr std::string_view in_request = "in a request", in_response = "in a response", in_body = "in a body";
constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";  // RFC 9113 3.4

constexpr std::uint16_t switching = 101, no_content = 204, not_modified = 304;

}  // namespace

std::size_t HttpMachine::take(Side from, Bytes octets, const Hearing&) { return from == Side::initiator ? client(octets) : server(octets); }

std::size_t HttpMachine::body(BodyReader& reader, Bytes octets) {
    const auto taken = reader.take(octets);
    return taken.fault ? wrong(taken.fault->reason, in_body, taken.fault->expected, taken.octets) : taken.octets;
}

/// "P" and "PR" begin requests, too: PROPFIND. The third octet decides.
std::size_t HttpMachine::preface(std::uint8_t octet) {
    if (octet != static_cast<std::uint8_t>(http2_preface[preface_])) return wrong("in the preface of HTTP/2", "the preface of HTTP/2");
    if (++preface_ == http2_preface.size()) hand_over(http2_);
    return 1;
}

std::size_t HttpMachine::client(Bytes octets) {
    if (!request_body_.done()) return body(request_body_, octets);
    if (request_.at_start() && last_request_ && octets[0] != '\r') return wrong("behind the last request", "nothing more");
    if (request_.at_start() && waiting_ == most_waiting) return wrong(in_request, "at most 64 requests that wait");
    const bool first = !began_ && preface_ < 3;
    if (preface_ >= 3) return preface(octets[0]);
    if (first && octets[0] == static_cast<std::uint8_t>(http2_preface[preface_])) {
        if (++preface_ == 3) return 1;
    } else {
        began_ = true;
    }
    if (auto fault = request_.take(octets[0])) return wrong(fault->reason, in_request, fault->expected);
    return request_.done() ? asked() : 1;
}

/// The head of a request is over.
std::size_t HttpMachine::asked() {
    const http::Head head = request_.head();
    heads_ = (heads_ & ~(std::uint64_t{1} << waiting_)) | std::uint64_t{head.method == http::method_head} << waiting_;
    ++waiting_;
    last_request_ = head.close || (head.version_1_0 && !head.keep_alive);
    request_body_.begin(head.chunked  ? BodyReader::Kind::chunked
                        : head.length ? BodyReader::Kind::counted
                                      : BodyReader::Kind::none,
                        head.length.value_or(0));
    request_.begin();
    return 1;
}

/// A response to nothing: a server that waited too long for a request (RFC 9110 15.5.9), or will not read on, says so and hangs up.
bool HttpMachine::may_answer(std::uint16_t status) const { return waiting_ > 0 || status >= 400; }

std::size_t HttpMachine::server(Bytes octets) {
    if (!response_body_.done()) return body(response_body_, octets);
    if (response_.at_start() && last_response_) return wrong("behind the last response", "nothing more");
    if (auto fault = response_.take(octets[0])) return wrong(fault->reason, in_response, fault->expected);
    if (const std::uint16_t status = response_.status(); status != 0) {
        if (!may_answer(status)) return wrong(in_response, "a request first");
        if (status == switching) return wrong(in_response, "HTTP: no switch to another protocol");
    }
    return response_.done() ? answered() : 1;
}

/// RFC 9112 6.3
std::size_t HttpMachine::answered() {
    const http::Head head = response_.head();
    const bool interim = head.status < 200;
    const bool to_head = waiting_ > 0 && (heads_ & 1) != 0;
    const bool empty = interim || to_head || head.status == no_content || head.status == not_modified;
    // Servers do say that the nothing behind 204 is 0 octets long, though RFC 9110 8.6 forbids it.
    if ((interim || head.status == no_content) && (head.length.value_or(0) > 0 || head.chunked))
        return wrong(Reason::http_smuggling, in_response, "no length where there is no body");
    const bool unasked = waiting_ == 0;
    if (!interim && waiting_ > 0) {
        --waiting_;
        heads_ >>= 1U;
    }
    auto kind = BodyReader::Kind::until_end;
    if (empty) kind = BodyReader::Kind::none;
    if (!empty && head.length) kind = BodyReader::Kind::counted;
    if (!empty && head.chunked) kind = BodyReader::Kind::chunked;
    response_body_.begin(kind, head.length.value_or(0));
    if (!interim) last_response_ = unasked || head.close || kind == BodyReader::Kind::until_end || (head.version_1_0 && !head.keep_alive);
    response_.begin();
    return 1;
}

bool HttpMachine::misses(Side from, std::uint64_t octets) {
    return (from == Side::initiator ? request_body_ : response_body_).skip(octets);
}

void HttpMachine::ends(Side from, bool reset, const Hearing&) {
    if (reset) return;
    const http::HeadReader& head = from == Side::initiator ? request_ : response_;
    const BodyReader& body = from == Side::initiator ? request_body_ : response_body_;
    const bool whole = head.at_start() && (body.done() || body.kind() == BodyReader::Kind::until_end);
    // Who is left alone in the middle of a response need not end it.
    const bool excused = from == Side::responder && client_ended_;
    if (from == Side::initiator) client_ended_ = true;
    if (!whole && !excused) wrong(from == Side::initiator ? in_request : in_response, "the rest of it");
}

}  // namespace sw
