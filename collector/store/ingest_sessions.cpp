// The session ledger, and what a mirror put around a sample: both only where a policy wants them.
#include <nlohmann/json.hpp>

#include "collector/store/address_blob.hpp"
#include "collector/store/ingest_impl.hpp"
#include "collector/store/stored_text.hpp"

namespace sw {
namespace {

std::int64_t as_integer(std::uint64_t v) { return static_cast<std::int64_t>(v); }

std::string names_text(const FlowRecord& f) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const FlowName& n : f.names)
        list.push_back({{"by", n.responder ? "responder" : "initiator"}, {"what", stored_text(n.what)}, {"name", stored_text(n.name)}});
    return list.dump();
}

}  // namespace

/// A run begins: what an earlier one of this journal left alive, nobody will end. Again and again does no harm.
Result<Done> Ingest::Impl::lose_sessions() {
    run_told_ = true;
    return sql_.lose.bind(1, live_ ? journal_ : "").bind(2, run_->began.ns).run();
}

Result<Done> Ingest::Impl::write_session(const FlowRecord& f) {
    Statement& s = sql_.session;
    s.bind(1, live_ ? journal_ : "").bind(2, run_->began.ns).bind(3, stored_text(f.rule));
    s.bind(4, Bytes(address_blob(f.tuple.src))).bind(5, Bytes(address_blob(f.tuple.dst)));
    s.bind(6, std::int64_t{f.tuple.proto}).bind(7, std::int64_t{f.tuple.sport}).bind(8, std::int64_t{f.tuple.dport});
    s.bind(9, f.opened.ns).bind(10, f.last.ns);
    for (int i = 0; i < 2; ++i) s.bind(11 + i, as_integer(f.packets[i])).bind(13 + i, as_integer(f.octets[i]));
    s.bind(15, std::string_view(f.live ? "live" : f.complete ? "complete" : "cut"));
    s.bind(16, std::int64_t{f.provisional}).bind(17, names_text(f)).bind(18, stored_text(run_->policy_sha256));
    return s.run();
}

Result<Done> Ingest::Impl::write_wrapping(std::int64_t finding, std::int64_t ordinal, const PendingSample& p) {
    const Wrapping& w = p.wrapping;
    sql_.wrapping.bind(1, std::int64_t{w.from}).bind(2, std::int64_t{w.count}).bind(3, std::int64_t{w.tail});
    return sql_.wrapping.bind(4, std::int64_t{p.inner_link.linktype}).bind(5, finding).bind(6, ordinal).run();
}

}  // namespace sw
