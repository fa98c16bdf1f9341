#pragma once
/// What requests may ask and which fields say how long a message is. Methods that open tunnels (CONNECT) or echo what they
/// were sent (TRACE) are not among them.
#include <array>
#include <cstdint>
#include <string_view>

namespace sw::http {

inline constexpr std::array<std::string_view, 28> methods{"GET",        "HEAD",
                                                          "POST",       "PUT",
                                                          "DELETE",     "OPTIONS",
                                                          "PATCH",  // RFC 9110 9.3, RFC 5789
                                                          "PROPFIND",   "PROPPATCH",
                                                          "MKCOL",      "COPY",
                                                          "MOVE",       "LOCK",
                                                          "UNLOCK",  // RFC 4918 9
                                                          "REPORT",     "MKCALENDAR",
                                                          "ACL",        "SEARCH",
                                                          "BIND",       "REBIND",
                                                          "UNBIND",  // RFC 3253 3.6, 4791 5.3.1, 3744 8.1, 5323 2, 5842
                                                          "ORDERPATCH", "VERSION-CONTROL",
                                                          "CHECKIN",    "CHECKOUT",
                                                          "UNCHECKOUT", "LABEL",
                                                          "QUERY"};  // RFC 3648 7, 3253
enum : int { method_head = 1, method_options = 5 };

enum class Field : int { connection, content_length, host, transfer_encoding };
inline constexpr std::array<std::string_view, 4> fields{"CONNECTION", "CONTENT-LENGTH", "HOST", "TRANSFER-ENCODING"};

inline constexpr std::array<std::string_view, 1> encodings{"CHUNKED"};
inline constexpr std::array<std::string_view, 5> connection_options{"CLOSE", "KEEP-ALIVE", "CONTENT-LENGTH", "HOST", "TRANSFER-ENCODING"};

/// RFC 9110 5.6.2
constexpr bool is_token(std::uint8_t c) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alnum || (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos);
}

}  // namespace sw::http
