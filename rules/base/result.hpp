#pragma once
/// Result<T>: a value or an Error, with the names of C++23's std::expected (which g++ 12 lacks in C++20).
/// Outside input never throws; it returns one of these. A bug aborts (std::get on the wrong side throws
/// bad_variant_access out of noexcept, which terminates).
#include <string>
#include <utility>
#include <variant>

#include "rules/base/exit_code.hpp"

namespace sw {

/// What went wrong, in one line for a person: what was attempted, why, and the fix; and how the program ends.
struct Error {
    ExitCode code = ExitCode::input;
    std::string text;
};

struct Unexpected {
    Error error;
};

inline Unexpected unexpected(std::string text, ExitCode code = ExitCode::input) { return Unexpected{Error{code, std::move(text)}}; }

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Unexpected u) : held_(std::in_place_index<1>, std::move(u.error)) {}

    bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    T& value() & noexcept { return std::get<0>(held_); }
    const T& value() const& noexcept { return std::get<0>(held_); }
    T&& value() && noexcept { return std::get<0>(std::move(held_)); }
    T& operator*() & noexcept { return value(); }
    const T& operator*() const& noexcept { return value(); }
    T&& operator*() && noexcept { return std::move(*this).value(); }
    T* operator->() noexcept { return &value(); }
    const T* operator->() const noexcept { return &value(); }
    const Error& error() const noexcept { return std::get<1>(held_); }

private:
    std::variant<T, Error> held_;
};

/// Success without a value.
struct Done {};

}  // namespace sw
