#include "collector/cli/queue_run.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string_view>

namespace sw {
namespace {

/// Of the terminal on standard output; 0: it is none.
std::size_t terminal_columns() {
    if (::isatty(STDOUT_FILENO) != 1) return 0;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const char* variable = std::getenv("COLUMNS");
    const std::string_view text = variable != nullptr ? variable : "";
    std::size_t columns = 0;
    std::from_chars(text.data(), text.data() + text.size(), columns);
    return columns > 0 ? columns : 80;
}

}  // namespace

Result<std::vector<MatchTerm>> waiting_terms(const Options& options) {
    auto terms = parse_match(options.queue.match);
    if (!terms) return terms;
    const bool by_state = std::any_of(terms->begin(), terms->end(), [](const MatchTerm& t) { return t.key == MatchTerm::Key::state; });
    if (by_state) return terms;
    for (const QueueState s : {QueueState::open, QueueState::taken, QueueState::escalated})
        terms->push_back({MatchTerm::Key::state, false, std::string(to_string(s))});
    return terms;
}

std::unique_ptr<QueueReport> queue_report(const Options& options, Output& out) {
    return options.json ? json_queue_report(out) : text_queue_report(out, terminal_columns());
}

Timestamp wall_clock() { return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()}; }

int failed(const Error& error) {
    complain(error.text);
    return to_int(error.code);
}

void tell(const std::vector<Review>& reviews, QueueReport& report, AuditLog& audit) {
    for (const Review& r : reviews) {
        report.decided(r);
        audit.decided(r);
    }
    if (!audit.problem().empty()) complain(audit.problem());
}

}  // namespace sw
