#pragma once
/// tcpdump expressions compiled by libpcap, for one datalink. The only place that calls libpcap's compiler.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rules/analysis/instruction.hpp"
#include "rules/base/result.hpp"
#include "rules/packet/datalink.hpp"

namespace sw {

/// One compiled expression. Copies share nothing; matches() is thread-safe.
class Program {
public:
    explicit Program(std::vector<Instruction> code) : code_(std::move(code)) {}

    /// Accepts nothing.
    static Program rejecting();

    /// Does tcpdump print this frame? Exactly libpcap's interpreter.
    bool matches(const std::uint8_t* data, std::uint32_t caplen, std::uint32_t len) const;
    /// No frame at all: libpcap folded it into "return 0". False does not mean that some frame matches.
    bool always_rejects() const;
    ProgramView code() const { return code_; }

private:
    std::vector<Instruction> code_;
};

/// libpcap's compiler for one datalink, exactly as "tcpdump -r" sets it up for a file of that link (byte order too).
/// Before the first compile the process must have given up sockets (confine); compile() refuses otherwise
/// unless the process is marked unconfined.
class FilterCompiler {
public:
    /// errors: libpcap knows no filters for this datalink at all (still a valid compiler for ""), out of memory
    static Result<FilterCompiler> make(Datalink link);
    FilterCompiler(FilterCompiler&&) noexcept;
    FilterCompiler& operator=(FilterCompiler&&) noexcept;
    ~FilterCompiler();

    /// errors: libpcap's own words and the datalink's name, code input. A name that needs a resolver: "names belong in [names]".
    /// cost: 10-40 us for a rule of a few terms (optimized code, as tcpdump's default)
    Result<Program> compile(const std::string& expression);
    /// Is that the compiler's word for an expression that no packet of its link can match?
    static bool says_never(const Error& error);

private:
    struct Handle;
    explicit FilterCompiler(std::unique_ptr<Handle> h);
    std::unique_ptr<Handle> handle_;
};

}  // namespace sw
