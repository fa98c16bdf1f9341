#include "sensor/conform/smtp/smtp_content.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "sensor/conform/smtp/smtp_look.hpp"

namespace sw::smtp {

void ContentReader::begin_chunk(std::uint64_t octets, bool binary, bool eight_bit, bool first) {
    const std::uint32_t line = first ? 0 : line_;
    const bool cr = !first && cr_, behind_gap = !first && behind_gap_;
    begin({false, binary, eight_bit});
    line_ = line;  // lines run on from one chunk into the next
    cr_ = cr;
    behind_gap_ = behind_gap;
    left_ = octets;
}

bool ContentReader::skip(std::uint64_t octets) {
    if (kind_.dotted || octets > left_) return false;
    left_ -= octets;
    line_ = 0;
    cr_ = false;
    behind_gap_ = true;
    return true;
}

namespace {

LookAt* const look = looks().back();

}  // namespace

/// Take the octets at once if they are text as most of it is. at: of the first, the one before is taken. false: nothing is said.
bool ContentReader::plain(std::span<const std::uint8_t> octets, std::size_t at, std::size_t size) {
    // A line that ends in each stretch is shorter than two of them.
    static_assert(2 * stretch < most_in_line);
    if (dot_ || line_ + size + 2 > most_in_line) return false;
    const std::uint8_t* before = octets.data() + at - 1;
    const Look l = look(before, size);
    if (l.odd || (l.high && !kind_.eight_bit)) return false;
    cr_ = before[size] == '\r';
    const auto* end = static_cast<const std::uint8_t*>(::memrchr(before + 1, '\n', size));
    line_ = end != nullptr ? static_cast<std::uint32_t>(before + size - end) : line_ + static_cast<std::uint32_t>(size);
    return true;
}

ContentReader::Taken ContentReader::take(std::span<const std::uint8_t> octets) {
    Taken t;
    if (!kind_.dotted) octets = octets.first(static_cast<std::size_t>(std::min<std::uint64_t>(octets.size(), left_)));
    if (kind_.binary)
        t.octets = octets.size();
    else
        take_text(octets, t);
    if (t.wrong || kind_.dotted) return t;
    left_ -= t.octets;
    t.done = left_ == 0;
    return t;
}

void ContentReader::take_text(std::span<const std::uint8_t> octets, Taken& t) {
    if (!octets.empty() && !stepped(octets, t)) return;  // plain() looks at the octet before, too
    while (t.octets < octets.size() && !t.done) {
        const std::size_t size = std::min(octets.size() - t.octets, stretch);
        if (size >= 16 && plain(octets, t.octets, size)) {
            t.octets += size;
            continue;
        }
        for (const std::size_t end = t.octets + size; t.octets < end && !t.done;)
            if (!stepped(octets, t)) return;
    }
}

/// false: a fault
bool ContentReader::stepped(std::span<const std::uint8_t> octets, Taken& t) {
    if (step(octets[t.octets], t.done, t.fault)) return ++t.octets, true;
    t.wrong = true;
    return false;
}

bool ContentReader::step(std::uint8_t octet, bool& done, Fault& fault) {
    const bool may_be_cut = std::exchange(behind_gap_, false) && octet == '\n';
    if (cr_ != (octet == '\n') && !may_be_cut) return fault.set(Reason::smtp_bare_lf, state(), cr_ ? "LF behind CR" : "CR before LF");
    if (octet == '\n') {
        done = kind_.dotted && dot_ && line_ == 2;
        line_ = 0;
        cr_ = dot_ = false;
        return true;
    }
    cr_ = octet == '\r';
    dot_ = kind_.dotted && (line_ == 0 ? octet == '.' : dot_ && cr_ && line_ == 1);
    if (octet == 0) return not_smtp(fault, state(), "text without NUL");
    if (octet >= 0x80 && !kind_.eight_bit) return not_smtp(fault, state(), "text in ASCII: the server offers no 8BITMIME");
    if (++line_ + (cr_ ? 1u : 2u) > most_in_line) return not_smtp(fault, state(), "a line of at most 1,000 octets");
    return true;
}

}  // namespace sw::smtp
