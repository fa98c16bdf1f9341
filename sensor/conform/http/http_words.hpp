#pragma once
/// What requests may ask and which fields say how long a message is. Methods that open tunnels (CONNECT) or echo what they
/// were sent (TRACE) are not among them.
#include <array>
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
inline constexpr std::array<std::string_view, 2> connection_options{"CLOSE", "KEEP-ALIVE"};

}  // namespace sw::http
