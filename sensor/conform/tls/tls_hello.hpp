#pragma once
/// ClientHello and ServerHello, octet by octet (RFC 8446 section 4.1, RFC 5246 section 7.4.1). Every length in them must fit into the one
/// around it, to the octet. Kept are the name that is asked for and the application protocols, for as long as they are read.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sw::tls {

/// What both ends settled on, or offered.
struct Hello {
    std::uint16_t version = 0;     ///< of the ServerHello: what is spoken. Of the ClientHello: the highest that is offered
    bool retry : 1 = false;        ///< it is a HelloRetryRequest (RFC 8446 section 4.1.3)
    bool heartbeat : 1 = false;    ///< RFC 6520
    bool early_data : 1 = false;   ///< RFC 8446 section 4.2.10
    bool server_name : 1 = false;  ///< RFC 6066 section 3
    bool extended_versions : 1 = false;
};

class HelloReader {
public:
    enum class Kind : std::uint8_t { client, server };
    HelloReader(Kind kind, std::uint32_t octets) : kind_(kind), left_{octets} { want(Field::version, 2); }

    enum class Heard : std::uint8_t { nothing, server_name, alpn };
    struct Step {
        std::string_view fault{};  ///< "" or what belonged here
        Heard heard = Heard::nothing;
    };
    /// The message's next octet.
    Step take(std::uint8_t octet);
    /// How many of the next octets only have to be there; they are taken at once. 0: take() the next one.
    std::size_t pass(std::size_t available);
    /// Behind its last octet: "" or what belonged here.
    std::string_view end() const;
    /// What was heard last: until the next octet.
    std::string_view text() const { return {text_.data(), text_size_}; }
    const Hello& hello() const { return hello_; }

private:
    enum class Field : std::uint8_t {
        version,
        random,
        session_size,
        session,
        suites_size,
        suites,
        methods_size,
        methods,
        suite,
        method,
        extensions_size,
        extension_type,
        extension_size,
        body,
        names_size,
        name_type,
        name_size,
        name,
        protocols_size,
        protocol_size,
        protocol,
        versions_size,
        versions,
        done
    };
    static constexpr std::size_t deepest = 4;  ///< message, extensions, extension, list
    void want(Field field, std::uint32_t octets) {
        field_ = field;
        wanted_ = octets;
        value_ = 0;
    }
    std::string_view enter(std::uint32_t octets);
    bool leave();
    Step finish();
    Step sizes();
    Step names();
    Step go_on();
    std::string_view begin_extension();
    void note_version(std::uint16_t version);

    Kind kind_;
    Field field_ = Field::version;
    std::uint8_t depth_ = 0, retry_at_ = 0;
    std::uint16_t extension_ = 0, seen_ = 0;  ///< seen_: extensions of those we read
    std::uint32_t wanted_ = 0, value_ = 0;
    std::uint32_t left_[deepest];
    Hello hello_;
    std::array<char, 255> text_{};
    std::uint8_t text_size_ = 0;
};

}  // namespace sw::tls
