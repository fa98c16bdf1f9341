#include <iterator>
#include <optional>

#include "collector/cli/queue.hpp"
#include "collector/cli/queue_run.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/dissect/dissect.hpp"

namespace sw {
namespace {

constexpr std::size_t most_others = 10;
constexpr std::uint64_t most_reviews = 1000;

std::vector<DissectedSample> dissected(std::vector<Sample> samples, std::optional<Dissector>& dissector) {
    std::vector<DissectedSample> list;
    for (Sample& s : samples) {
        DissectedSample d{std::move(s), {}};
        const Sample& kept = d.sample;
        std::vector<std::uint8_t> unwrapped;
        if (dissector && !kept.is_log) d.dissection = dissector->dissect(judged_frame(kept, unwrapped));
        list.push_back(std::move(d));
    }
    return list;
}

Result<Dossier> dossier_of(Queue& queue, std::int64_t id, const QueueOptions& o, std::optional<Dissector>& dissector) {
    auto finding = queue.get(id);
    if (!finding) return Unexpected{finding.error()};
    auto counts = queue.counts(id);
    if (!counts) return Unexpected{counts.error()};
    auto others = queue.of_same_addresses(*finding, most_others + 1);
    if (!others) return Unexpected{others.error()};
    auto reviews = queue.history(id, most_reviews);
    if (!reviews) return Unexpected{reviews.error()};
    auto shown = o.samples > 0 ? queue.earlier(id) : std::vector<Sample>();
    if (!shown) return Unexpected{shown.error()};
    auto samples = queue.samples(id, o.samples);
    if (!samples) return Unexpected{samples.error()};
    std::move(samples->begin(), samples->end(), std::back_inserter(*shown));
    const bool more = others->size() > most_others;
    if (more) others->resize(most_others);
    return Dossier{std::move(*finding),
                   std::move(*counts),
                   std::move(*others),
                   more,
                   std::move(*reviews),
                   dissected(std::move(*shown), dissector),
                   o.hex};
}

}  // namespace

/// The dissector is a process of its own and is started while this one may still fork.
int queue_show(const Options& options) {
    std::optional<Dissector> dissector;
    if (options.queue.dissect && options.queue.samples > 0) {
        auto started = Dissector::start(options.unconfined);
        if (!started) return failed(started.error());
        dissector.emplace(std::move(*started));
    }
    Output out(options.colour);
    const auto report = queue_report(options, out);
    auto store = open_and_confine(options, Store::Access::read);
    if (!store) return failed(store.error());
    Queue queue(*store);
    for (const std::int64_t id : options.queue.ids) {
        const auto dossier = dossier_of(queue, id, options.queue, dissector);
        if (!dossier) return out.finish(failed(dossier.error()));
        report->dossier(*dossier);
    }
    return out.finish(to_int(ExitCode::clean));
}

}  // namespace sw
