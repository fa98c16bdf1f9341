#include "rules/logs/rare.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace sw {

Tails tails(std::vector<Counted> table, std::size_t most) {
    std::map<std::string, std::uint64_t> sums;
    for (Counted& c : table)
        if (c.count != 0) sums[std::move(c.what)] += c.count;
    std::vector<Counted> all;
    Tails t;
    for (auto& [what, count] : sums) {
        t.lines += count;
        all.push_back({what, count});
    }
    t.kinds = all.size();
    std::stable_sort(all.begin(), all.end(), [](const Counted& a, const Counted& b) { return a.count < b.count; });
    const std::size_t rare = std::min(most, all.size());
    t.rare.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(rare));
    std::vector<Counted> rest(all.begin() + static_cast<std::ptrdiff_t>(rare), all.end());
    std::sort(rest.begin(), rest.end(),
              [](const Counted& a, const Counted& b) { return std::tie(b.count, a.what) < std::tie(a.count, b.what); });
    rest.resize(std::min(most, rest.size()));
    t.common = std::move(rest);
    return t;
}

}  // namespace sw
