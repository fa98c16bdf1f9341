#include "collector/store/stored_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rules/base/text.hpp"

namespace sw {
namespace {

std::string as_json(const nlohmann::json& list) { return list.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace); }

}  // namespace

std::string stored_text(std::string_view text) {
    std::string bare(text);  // a backslash is safe, but escaping doubles it
    bare.erase(std::remove(bare.begin(), bare.end(), '\\'), bare.end());
    return escape_for_display(bare) == bare ? std::string(text) : escape_for_display(text);
}

std::string stored_list(const std::vector<std::string>& texts) {
    nlohmann::json list = nlohmann::json::array();
    for (const std::string& t : texts) list.push_back(stored_text(t));
    return as_json(list);
}

std::string stored_reasons(const ReasonSet& reasons) {
    nlohmann::json list = nlohmann::json::array();
    reasons.for_each([&](Reason r) { list.push_back(info(r).slug); });
    return as_json(list);
}

}  // namespace sw
