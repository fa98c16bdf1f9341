#include "collector/alarm/liveness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules/base/text.hpp"

namespace sw {
namespace {

AlarmRecord told(Timestamp at, Severity severity, const char* kind, std::string sentence) {
    return {{}, at, severity, kind, std::move(sentence), 0, 0};
}

std::int64_t whole_seconds(Moment::duration d) { return std::chrono::duration_cast<std::chrono::seconds>(d).count(); }

/// To the second.
std::string time_of(Timestamp t) {
    const std::string whole = to_rfc3339(t);
    return whole.substr(0, whole.find('.')) + "Z";
}

}  // namespace

int Liveness::Condition::turn(bool is_so) {
    if (is_so == stands) return 0;
    stands = is_so;
    return is_so ? 1 : -1;
}

Liveness::Liveness(std::string journal, LivenessLimits limits, Moment start)
    : who_("the writer of " + std::move(journal)), limits_(limits), heard_at_(start), moved_at_(start) {}

void Liveness::heard(const AlarmHeartbeat& beat, Moment now) {
    if (known_ && beat.at == beat_.at) return;  // the same one, found again when its journal was opened again
    if (!beat.who.empty()) who_ = escape_again(beat.who);
    const bool first = !std::exchange(known_, true);
    if (!first && beat.frames != beat_.frames) {
        moved_ = true;
        moved_at_ = now;
    }
    beat_ = beat;
    if (first) return;
    alive_ = true;
    heard_at_ = now;
}

std::vector<AlarmRecord> Liveness::check(Moment now, Timestamp wall) {
    std::vector<AlarmRecord> out;
    check_late(now, wall, out);
    if (alive_ && !late_.stands) check_work(now, wall, out);
    return out;
}

void Liveness::check_late(Moment now, Timestamp wall, std::vector<AlarmRecord>& out) {
    const auto limit = alive_ ? limits_.late : std::max(limits_.grace, limits_.late);
    const auto silence = now - heard_at_;
    // A condition that stood when we were started ends with a heartbeat, not with the grace.
    const bool is_late = silence > limit || (late_.stands && !alive_);
    const int turn = late_.turn(is_late);
    if (turn > 0)
        out.push_back(told(wall, Severity::critical, "dead-man",
                           fmt::format("Nothing has been heard from {} for {} s{}: it is dead, stopped or cannot write its journal.", who_,
                                       whole_seconds(silence), known_ ? ", since " + time_of(beat_.at) : ", nor ever before")));
    if (turn < 0) {
        // What it does after a silence is judged anew.
        moved_at_ = now;
        out.push_back(told(wall, Severity::notice, "dead-man", fmt::format("{} is heard again.", who_)));
    }
}

void Liveness::check_work(Moment now, Timestamp wall, std::vector<AlarmRecord>& out) {
    const int trouble = trouble_.turn(!beat_.trouble.empty());
    if (trouble > 0)
        out.push_back(told(wall, Severity::critical, "trouble",
                           fmt::format("{} runs but does not do its work: {}.", who_, escape_again(beat_.trouble))));
    if (trouble < 0) out.push_back(told(wall, Severity::notice, "trouble", fmt::format("{} does its work again.", who_)));

    const bool limited = limits_.stalled > std::chrono::seconds::zero();
    // A daemon that says why it stands still has said it.
    const bool stands_still = moved_ && limited && beat_.trouble.empty() && now - moved_at_ > limits_.stalled;
    const int stalled = stalled_.turn(stands_still || (stalled_.stands && !moved_));
    if (stalled > 0)
        out.push_back(told(wall, Severity::critical, "stalled",
                           fmt::format("{} runs but has seen nothing for {} s: look at the mirror port and its cable.", who_,
                                       whole_seconds(now - moved_at_))));
    if (stalled < 0) out.push_back(told(wall, Severity::notice, "stalled", fmt::format("{} sees frames again.", who_)));

    const int one_way = one_way_.turn(!beat_.both_ways);
    if (one_way > 0)
        out.push_back(
            told(wall, Severity::high, "mirror",
                 fmt::format("{} sees one direction of the traffic only: let the switch mirror what the port receives and sends.", who_)));
    if (one_way < 0) out.push_back(told(wall, Severity::notice, "mirror", fmt::format("{} sees both directions again.", who_)));
}

std::string Liveness::standing() const {
    std::string letters;
    for (const auto& [condition, letter] :
         {std::pair{&late_, 'l'}, std::pair{&stalled_, 's'}, std::pair{&trouble_, 't'}, std::pair{&one_way_, 'o'}})
        if (condition->stands) letters += letter;
    return letters.empty() ? "-" : letters;
}

void Liveness::restore(const std::string& letters) {
    for (const auto& [condition, letter] :
         {std::pair{&late_, 'l'}, std::pair{&stalled_, 's'}, std::pair{&trouble_, 't'}, std::pair{&one_way_, 'o'}})
        condition->stands = letters.find(letter) != std::string::npos;
}

}  // namespace sw
