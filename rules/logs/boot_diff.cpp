#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "rules/base/text.hpp"
#include "rules/logs/boot_tracker.hpp"

namespace sw {
namespace {

struct Less {
    bool operator()(const BootEntry& a, const BootEntry& b) const { return std::tie(a.program, a.text) < std::tie(b.program, b.text); }
};
using Places = std::map<BootEntry, std::size_t, Less>;

Places places(const BootList& list) {
    Places out;
    for (std::size_t i = 0; i < list.size(); ++i) out.emplace(list[i], i);
    return out;
}

/// Which of these numbers do not belong to a longest rising run of them.
std::vector<bool> out_of_order(const std::vector<std::size_t>& numbers) {
    std::vector<std::size_t> tails;                                   // indices: the smallest end of a run of each length
    std::vector<std::size_t> before(numbers.size(), numbers.size());  // in its run
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto at =
            std::lower_bound(tails.begin(), tails.end(), numbers[i], [&](std::size_t t, std::size_t n) { return numbers[t] < n; });
        if (at != tails.begin()) before[i] = *(at - 1);
        if (at == tails.end()) {
            tails.push_back(i);
        } else {
            *at = i;
        }
    }
    std::vector<bool> out(numbers.size(), true);
    for (std::size_t i = tails.empty() ? numbers.size() : tails.back(); i < numbers.size(); i = before[i]) out[i] = false;
    return out;
}

}  // namespace

BootDiff diff(const BootList& accepted, const BootList& boot) {
    const Places was = places(accepted), is = places(boot);
    BootDiff d;
    for (const BootEntry& e : accepted)
        if (!is.contains(e)) d.missing.push_back(e);
    // Programs start side by side: only the order of a program's own lines says something.
    std::map<std::string, std::vector<const BootEntry*>> common;
    for (const BootEntry& e : boot) {
        if (was.contains(e)) {
            common[e.program].push_back(&e);
        } else {
            d.extra.push_back(e);
        }
    }
    std::set<const BootEntry*> moved;
    for (const auto& [program, entries] : common) {
        std::vector<std::size_t> order;
        for (const BootEntry* e : entries) order.push_back(was.at(*e));
        const std::vector<bool> out = out_of_order(order);
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (out[i]) moved.insert(entries[i]);
    }
    for (const BootEntry& e : boot)
        if (moved.contains(&e)) d.moved.push_back(e);
    return d;
}

std::string to_text(const BootDiff& d) {
    std::string out;
    const auto put = [&out](std::string_view sign, const std::vector<BootEntry>& entries) {
        for (const BootEntry& e : entries)
            out.append(sign).append(" ").append(escape_for_display(e.program)).append(": ").append(escape_again(e.text)).append("\n");
    };
    put("-", d.missing);
    put("+", d.extra);
    put("~", d.moved);
    return out;
}

}  // namespace sw
