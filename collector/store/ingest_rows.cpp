// Which finding of the store a finding of the run is.
#include "collector/store/ingest_impl.hpp"
#include "sensor/findings/findings.hpp"

namespace sw {
namespace {

FindingText told_as_rest(const Shape& rest, Severity severity) {
    Finding f;
    f.cause.rest = true;
    f.cause.reasons = rest.reasons;
    FindingText text;
    text.record.shape = rest;
    text.record.severity = severity;
    text.record.sentence = sentence(f, Policy{});
    return text;
}

}  // namespace

std::size_t Ingest::Impl::remember(FindingRow row) {
    by_key_.emplace(row.key, rows_.size());
    absent_.erase(row.key);
    rows_.push_back(std::move(row));
    return rows_.size() - 1;
}

/// Is row.key in the store? Then what the store knows of it is in row.
Result<bool> Ingest::Impl::load(FindingRow& row, bool only_undecided) {
    auto there = sql_.load.bind(1, Bytes(row.key)).step();
    if (!there) return there;
    const bool found = *there && !(only_undecided && sql_.load.integer(4) != 0);
    if (found) {
        row.id = sql_.load.integer(0);
        row.stored = static_cast<std::uint64_t>(sql_.load.integer(1));
        row.stored_first = {sql_.load.integer(2)};
        row.told_by = sql_.load.text(3);
        row.epoch = epoch_;
        row.next_sample = next_after(row.stored + row.packets);
    }
    sql_.load.reset();
    return found;
}

/// The row of a shape that is in memory or in the store already, or none.
Result<std::size_t> Ingest::Impl::known(const Shape& shape, bool only_undecided) {
    FindingRow row;
    row.key = key_of(canonical(shape));
    const auto it = by_key_.find(row.key);
    if (it != by_key_.end() && (!only_undecided || rows_[it->second].id == 0)) return it->second;
    if (absent_.contains(row.key)) return none;
    auto found = load(row, only_undecided);
    if (!found) return Unexpected{found.error()};
    if (!*found) {
        if (absent_.size() >= most_rows) absent_.clear();
        absent_.insert(row.key);
        return none;
    }
    return it != by_key_.end() ? it->second : remember(std::move(row));
}

Result<std::size_t> Ingest::Impl::row_for_new(const std::shared_ptr<const FindingText>& text, const std::string& canonical_shape) {
    const Shape& shape = text->record.shape;
    if (text->may_fold()) {
        const std::pair<Shape, bool> folds[] = {{fold_ports(shape), false}, {fold_initiators(shape), false}, {fold_all(shape), true}};
        for (const auto& [fold, only_undecided] : folds)
            if (auto row = known(fold, only_undecided); !row || *row != none) return row;
    }
    FindingRow row;
    row.key = key_of(canonical_shape);
    const bool critical = text->severity() == Severity::critical;
    if (shape.rest || findings_ < limits_.findings + (critical ? limits_.critical : 0)) {
        row.text = text;
        ++findings_;
        return remember(std::move(row));
    }
    const Shape rest = rest_of(text->severity(), shape);
    if (auto there = known(rest, false); !there || *there != none) return there;
    row.key = key_of(canonical(rest));
    row.text = std::make_shared<FindingText>(told_as_rest(rest, critical ? Severity::critical : Severity::high));
    ++findings_;
    return remember(std::move(row));
}

Result<std::size_t> Ingest::Impl::resolve(const std::shared_ptr<const FindingText>& text) {
    const std::string shape = text->canonical();
    FindingRow row;
    row.key = key_of(shape);
    if (const auto it = by_key_.find(row.key); it != by_key_.end()) {
        rows_[it->second].text = text;
        return it->second;
    }
    row.text = text;
    auto found = load(row, false);
    if (!found) return Unexpected{found.error()};
    return *found ? Result<std::size_t>(remember(std::move(row))) : row_for_new(text, shape);
}

}  // namespace sw
