#include "tests/replay/corpora/panel.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "tests/replay/corpora/captures.hpp"

namespace sw::corpora {

std::vector<std::string> panel(std::size_t a_category) {
    constexpr long fewest = 5, most = 1000;
    std::map<std::string, std::size_t> taken;
    std::vector<std::string> names;
    for (const Row& row : read_table("MANIFEST.shared.tsv")) {
        const std::string& links = row.at("linktypes(linktype:packets)");
        const long packets = std::strtol(row.at("packets").c_str(), nullptr, 10);
        const bool ethernet =
            links.starts_with("EN10MB(1):") && links.find(' ') == std::string::npos && links.find(',') == std::string::npos;
        const bool whole = row.at("notes").find("libpcap:") == std::string::npos;
        if (!ethernet || !whole || packets < fewest || packets > most) continue;
        if (taken[row.at("category")]++ < a_category) names.push_back(row.at("path"));
    }
    return names;
}

std::vector<std::string> ethernet_filters() {
    std::vector<std::string> list;
    for (const Row& row : read_table("filters/FILTERS.shared.tsv")) {
        const std::string& text = row.at("expr");
        if (row.at("dlt") == "EN10MB" && row.at("local_libpcap_1.10.3") == "ok" && !text.starts_with("ifindex")) list.push_back(text);
    }
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

}  // namespace sw::corpora
