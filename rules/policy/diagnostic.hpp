#pragma once
/// What is wrong (or doubtful) with a policy file: place, message, fix. All of them are reported at once.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sw {

struct Diagnostic {
    enum class Level : std::uint8_t { error, warning };
    Level level = Level::error;
    std::uint32_t line = 0;    ///< 1-based; 0: the file as a whole
    std::uint32_t column = 0;  ///< 1-based, in octets
    std::uint32_t length = 1;  ///< octets to underline
    std::string code;          ///< stable slug: unknown-key, direction-blind ...
    std::string message;       ///< what
    std::string fix;           ///< "" or the proposed fix, in words or as text to put there
};

/// file:line:column: error: message [code], the line, a caret, the fix. Everything is escaped for display.
std::string render(const Diagnostic& d, std::string_view file_name, std::string_view file_text);

bool has_errors(const std::vector<Diagnostic>& list);

}  // namespace sw
