#pragma once
/// What hosts are known to say, as rows for people.
#include <functional>
#include <string>
#include <vector>

#include "collector/store/queue.hpp"
#include "collector/store/store.hpp"
#include "rules/logs/log_template.hpp"
#include "rules/logs/rare.hpp"

namespace sw {

struct ListedTemplate {
    LogTemplate row;           ///< its values only where they were asked for
    std::int64_t finding = 0;  ///< the learning, or what a person added it for
    QueueState finding_state = QueueState::open;
    bool in_force = true;
};
struct TemplateFilter {
    std::string host, program;  ///< exactly; "" any
    std::optional<TemplateState> state;
    bool values = false;
};
/// By host, program and text.
Result<Done> list_templates(Store& store, const TemplateFilter& filter, const std::function<void(const ListedTemplate&)>& take);

/// How often each thing was said: known ones, and new ones that are findings.
Result<std::vector<Counted>> frequencies(Store& store, const std::string& host, const std::string& program);

}  // namespace sw
