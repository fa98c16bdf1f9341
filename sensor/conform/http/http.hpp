#pragma once
/// HTTP/1.1 and 1.0 (RFC 9110, 9112): requests, as many responses, and every octet in one of them. HTTP/2 behind its preface.
/// The initiator is the client.
#include "sensor/conform/http/http2.hpp"
#include "sensor/conform/http/http_body.hpp"
#include "sensor/conform/http/http_head.hpp"
#include "sensor/conform/stream_machine.hpp"

namespace sw {

class HttpMachine final : public StreamMachine {
public:
    struct Demands {};
    explicit HttpMachine(const Demands&) : request_(true), response_(false) {}
    bool in_content() const override { return handed_over() ? http2_.in_content() : !request_body_.done() || !response_body_.done(); }

private:
    std::size_t take(Side from, Bytes octets, const Hearing& hearing) override;
    void ends(Side from, bool reset, const Hearing& hearing) override;
    bool misses(Side from, std::uint64_t octets) override;

    std::size_t client(Bytes octets);
    std::size_t preface(std::uint8_t octet);
    std::size_t asked();
    std::size_t server(Bytes octets);
    bool may_answer(std::uint16_t status) const;
    std::size_t answered();
    std::size_t body(http::BodyReader& reader, Bytes octets);

    static constexpr unsigned most_waiting = 64;

    http::HeadReader request_, response_;
    http::BodyReader request_body_, response_body_;
    std::uint64_t heads_ = 0;  ///< of the requests that wait, the oldest in the lowest bit: HEAD
    std::uint8_t waiting_ = 0, preface_ = 0;
    bool began_ = false;  ///< the first octet came
    bool last_request_ = false, last_response_ = false, client_ended_ = false;
    Http2Machine http2_;
};

}  // namespace sw
