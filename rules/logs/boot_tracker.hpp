#pragma once
/// Boots of hosts, as their logs tell them: the marker (the first line with the system's clock), a bounded window behind it,
/// the ordered list of what was said, and how it differs from the boots that a person accepted. Pure: time comes with the lines.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/logs/log_line.hpp"
#include "rules/logs/log_reason.hpp"

namespace sw {

struct BootSettings {
    Duration window = std::chrono::minutes{30};     ///< from the marker, by receive time
    Duration near_zero = std::chrono::seconds{5};   ///< a marker's kernel clock is at most this
    Duration late_start = std::chrono::minutes{5};  ///< how long after its kernel a host's syslog may start to send
    std::uint32_t lines = 4'096;                    ///< of one boot's list
    std::uint32_t boots = 8;                        ///< accepted ones, a host
    std::uint32_t hosts = 256;
};

/// One template of a boot, where it came first.
struct BootEntry {
    std::string program, text;
    bool operator==(const BootEntry&) const = default;
};
using BootList = std::vector<BootEntry>;

/// How a boot differs from an accepted one. moved: said in both, but at another place among its program's lines.
struct BootDiff {
    std::vector<BootEntry> missing, extra, moved;
    bool empty() const { return missing.empty() && extra.empty() && moved.empty(); }
};
BootDiff diff(const BootList& accepted, const BootList& boot);
/// Lines "- program: text", "+ ...", "~ ...", for people; escaped.
std::string to_text(const BootDiff& d);

enum class BootPhase : std::uint8_t {
    idle,      ///< nothing goes on
    armed,     ///< a person wants the next boot learnt
    learning,  ///< within the window of that boot
    watching   ///< within the window of a boot that is only compared
};
std::string_view to_string(BootPhase p);

/// Why a marker was not believed.
enum class ForgedBy : std::uint8_t {
    facility,  ///< not of the kernel's facility
    no_clock,  ///< Linux: no kernel clock before it
    clock_not_zero,
    no_copyright,   ///< BSD: no copyright line a few lines before it
    second_marker,  ///< within the window of another
    clock_goes_on   ///< the kernel's clock went on from before it: found out later
};
std::string_view to_string(ForgedBy f);

/// A boot whose window has closed.
struct BootReport {
    std::string host;
    Timestamp marker;
    bool learnt = false;  ///< within an armed window: a person should look at the templates and freeze
    bool announced = false;
    bool overflow = false;  ///< more lines than the list holds
    BootList list;
    std::optional<BootDiff> difference;  ///< to the accepted boot that is nearest; unset if none was accepted yet
};

/// What one line means for its host.
struct BootStep {
    bool in_boot = false;             ///< within a window: record() its template
    bool learning = false;            ///< judge by LogJudge::learn
    bool began = false;               ///< this line is the marker
    std::optional<LogReason> reason;  ///< boot_unannounced (with began), boot_forged
    std::optional<ForgedBy> forged;
    bool discard = false;              ///< boot_forged found out within a learning window: Baseline::discard_learnt
    std::optional<BootReport> closed;  ///< the window of an earlier boot ended before this line
};

/// One host's state as a row.
struct BootRow {
    std::string host;
    BootPhase phase = BootPhase::idle;
    Timestamp armed_until, announced_until;
    Timestamp marker;  ///< of the boot that goes on, or of the last one
    bool announced = false;
    std::vector<BootList> accepted;
    BootList current;  ///< learning, watching
    bool overflow = false;
    bool operator==(const BootRow&) const = default;
};

class BootTracker {
public:
    explicit BootTracker(const BootSettings& settings = {});
    ~BootTracker();
    BootTracker(BootTracker&&) noexcept;

    /// For each line, before it is judged. cost: one look-up; more only for the kernel's lines
    BootStep see(const LogLine& line);
    /// The template of a line whose step was in_boot.
    void record(const LogLine& line, std::string_view template_text);
    /// Windows that are over by now, though their hosts say no more.
    std::vector<BootReport> close(Timestamp now);

    /// A person's verbs. One marker uses an arming up; so does until.
    /// errors: too many hosts
    Result<Done> arm(std::string_view host, Timestamp until);
    Result<Done> announce(std::string_view host, Timestamp until);
    void disarm(std::string_view host);
    /// The boot of a report is one of how this host boots. errors: limit
    Result<Done> accept(std::string_view host, BootList list);
    void forget_boots(std::string_view host);
    BootPhase phase(std::string_view host) const;

    std::vector<BootRow> rows() const;
    std::optional<BootRow> row(std::string_view host) const;
    /// errors: limits
    Result<Done> restore(BootRow row);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw
