#include "sensor/conform/dns/dns_message.hpp"

#include <algorithm>
#include <array>

#include "sensor/conform/dns/dns_targets.hpp"

namespace sw {
namespace {

using namespace dns_type;

namespace flag {
constexpr unsigned answer = 0x8000, opcode = 0x7800, authoritative = 0x0400, truncated = 0x0200, available = 0x0080, reserved = 0x0040,
                   code = 0x000f;
}  // namespace flag

constexpr std::uint16_t internet = 1;
constexpr std::string_view in_header = "in the header", in_question = "in the question", in_edns = "in EDNS";
constexpr std::string_view section_names[] = {"in the answer section", "in the authority section", "in the additional section"};

/// RFC 1035 4.1.1, RFC 2671 gone into RFC 6891 6.1.3, RFC 7873 8: no error, form, server, name, not implemented, refused; and
/// with EDNS a bad version or cookie.
constexpr std::uint16_t codes[] = {0, 1, 2, 3, 4, 5, 16, 23};
constexpr std::uint8_t form_error = 1, server_failure = 2, not_implemented = 4, refused = 5;

/// The names that the answer section may speak of, as it unfolds: the one that was asked, then those that aliases lead to.
class Aliases {
public:
    void begin(const DnsName& asked) { names_[0] = asked; }

    bool has(const DnsName& owner) const {
        return std::any_of(names_.begin(), names_.begin() + size_, [&](const DnsName& n) { return n == owner; });
    }
    bool has_below(const DnsName& owner) const {
        return std::any_of(names_.begin(), names_.begin() + size_, [&](const DnsName& n) { return n.below(owner); });
    }
    bool add(const DnsName& target) {
        if (has(target)) return true;
        if (size_ == names_.size()) return false;
        names_[size_++] = target;
        return true;
    }

private:
    std::array<DnsName, 17> names_;
    std::size_t size_ = 1;
};

bool belongs(DnsSection section, std::uint16_t type, std::uint16_t asked) {
    const auto one_of = [type](std::initializer_list<std::uint16_t> types) {
        return std::find(types.begin(), types.end(), type) != types.end();
    };
    switch (section) {
        case DnsSection::answer:  // RFC 1035 4.3.2, RFC 6672 3.2, RFC 4035 3.1.1
            return type == asked || one_of({cname, dname, rrsig});
        case DnsSection::authority:  // RFC 1035 4.3.2, RFC 4035 3.1.3, 3.1.4
            return one_of({ns, soa, ds, rrsig, nsec, nsec3});
        case DnsSection::additional:  // RFC 1035 4.3.2, RFC 6891 6.1.1, RFC 9460 4.1
            return one_of({a, aaaa, cname, opt, rrsig, svcb, https});
    }
    return false;
}

/// Reads a message from its first octet to its last, and stops at the first that is wrong.
class MessageReader {
public:
    MessageReader(Bytes message, bool is_answer, bool stream, DnsMessage& out)
        : message_(message), is_answer_(is_answer), stream_(stream), out_(out) {}

    std::optional<DnsFault> header() {
        if (message_.size() < DnsMessage::header_octets) return DnsFault{message_.size(), in_header, "a header of 12 octets"};
        out_.id = load_be16(&message_[0]);
        const unsigned flags = load_be16(&message_[2]);
        if (((flags & flag::answer) != 0) != is_answer_)
            return DnsFault{2, in_header, is_answer_ ? "an answer from who was asked" : "a question from who opened the conversation"};
        if ((flags & flag::opcode) != 0) return DnsFault{2, in_header, "the operation QUERY"};
        out_.truncated = (flags & flag::truncated) != 0;
        out_.code = static_cast<std::uint8_t>(flags & flag::code);
        const unsigned never = flag::reserved | (is_answer_ ? 0 : flag::authoritative | flag::truncated | flag::available | flag::code);
        if ((flags & never) != 0) return DnsFault{(flags & never) > 0xff ? 2U : 3U, in_header, "flags that such a message may have"};
        if (out_.truncated && stream_) return DnsFault{2, in_header, "a whole message: TCP cuts none off"};
        if (is_answer_ && std::none_of(std::begin(codes), std::end(codes), [&](auto c) { return (c & 0xf) == out_.code; }))
            return DnsFault{3, in_header, "a response code of queries"};
        return counts();
    }

    std::optional<DnsFault> body() {
        at_ = DnsMessage::header_octets;
        if (out_.has_question)
            if (auto fault = question()) return fault;
        for (const DnsSection s : {DnsSection::answer, DnsSection::authority, DnsSection::additional})
            if (auto fault = section(s)) return fault;
        if (at_ != message_.size()) return DnsFault{at_, "behind the last record", "the end of the message"};
        const unsigned code = extended_code_ << 4U | out_.code;
        if (is_answer_ && std::find(std::begin(codes), std::end(codes), code) == std::end(codes))
            return DnsFault{3, in_header, "a response code of queries"};
        return std::nullopt;
    }

private:
    unsigned count(std::size_t which) const { return load_be16(&message_[4 + 2 * which]); }

    std::optional<DnsFault> counts() {
        out_.has_question = count(0) == 1;
        out_.answers = static_cast<std::uint16_t>(count(1));
        const bool refuses =
            is_answer_ && (out_.code == form_error || out_.code == server_failure || out_.code == not_implemented || out_.code == refused);
        if (count(0) > 1 || (count(0) == 0 && !refuses)) return DnsFault{4, in_header, "one question"};
        const bool bare = !is_answer_ || count(0) == 0;
        if (bare && count(1) != 0) return DnsFault{6, in_header, "no answers"};
        if (bare && count(2) != 0) return DnsFault{8, in_header, "no authorities"};
        if (bare && count(3) > 1) return DnsFault{10, in_header, "EDNS alone in the additional section"};
        return std::nullopt;
    }

    std::optional<DnsFault> question() {
        const auto name = read_dns_name(message_, at_, DnsNameStyle::whole);
        if (!name) return DnsFault{at_, in_question, "a name of visible octets, whole"};
        if (message_.size() - at_ < 4) return DnsFault{message_.size(), in_question, "a type and a class"};
        out_.name = *name;
        out_.type = load_be16(&message_[at_]);
        if (load_be16(&message_[at_ + 2]) != internet) return DnsFault{at_ + 2, in_question, "the class IN"};
        out_.question_end = at_ += 4;
        aliases_.begin(*name);
        return std::nullopt;
    }

    std::optional<DnsFault> section(DnsSection s) {
        const std::string_view state = section_names[static_cast<unsigned>(s)];
        for (unsigned left = count(1 + static_cast<unsigned>(s)); left > 0; --left) {
            const std::size_t begin = at_;
            const auto record = read_dns_record(message_, at_);
            if (!record) return DnsFault{at_, state, "a record that ends within the message, and as many as the header says"};
            if (!is_answer_ && record->type != opt) return DnsFault{type_at(*record), state, "EDNS alone"};
            if (!belongs(s, record->type, out_.type))
                return DnsFault{type_at(*record), state, "a type that belongs there", Reason::dns_type};
            if (record->type == opt) {
                if (auto fault = edns(*record)) return fault;
                continue;
            }
            if (record->klass != internet) return DnsFault{type_at(*record) + 2, state, "the class IN"};
            if (const auto where = misformed_dns_data(message_, *record)) return DnsFault{*where, state, "data in the form of its type"};
            if (const auto why = unrelated(s, *record)) return DnsFault{begin, state, *why};
            targets_.add(message_, *record);
            if (record->type == txt) out_.txt_octets += static_cast<std::uint32_t>(record->data_end - record->data);
        }
        return std::nullopt;
    }

    static std::size_t type_at(const DnsRecord& record) { return record.data - 10; }

    /// A resolver's answer says nothing that was not asked about: not what a forger would like believed, and not what a tunnel carries.
    std::optional<std::string_view> unrelated(DnsSection s, const DnsRecord& record) {
        if (s == DnsSection::answer) {
            if (unfolds(record)) return std::nullopt;
            return "a record of the name that was asked, or of its aliases";
        }
        if (s == DnsSection::authority) {  // proofs (NSEC) are about names beside it
            const bool of_zone = record.type == ns || record.type == soa || record.type == ds;
            if (!of_zone || aliases_.has(record.owner) || aliases_.has_below(record.owner)) return std::nullopt;
            return "a zone in which that name lies, or one of its aliases";
        }
        if (aliases_.has(record.owner) || targets_.has(message_, record.owner)) return std::nullopt;
        return "a record of a name that the others lead to";
    }

    bool unfolds(const DnsRecord& record) {
        const bool of_ancestor = record.type == dname || record.type == rrsig;
        if (!aliases_.has(record.owner) && !(of_ancestor && aliases_.has_below(record.owner))) return false;
        if (record.type != cname || out_.type == cname) return true;
        std::size_t at = record.data;
        const auto target = read_dns_name(message_, at, DnsNameStyle::compressed);
        return target && aliases_.add(*target);
    }

    std::optional<DnsFault> edns(const DnsRecord& record) {
        const std::size_t fields = type_at(record);
        if (out_.edns) return DnsFault{record.begin, in_edns, "EDNS once"};
        out_.edns = true;
        if (record.owner.labels() != 0) return DnsFault{record.begin, in_edns, "the root as its owner"};
        if (record.klass < 512 || (!is_answer_ && record.klass > DnsMessage::most_datagram_octets))
            return DnsFault{fields + 2, in_edns, "a datagram size of 512 to 4,096 octets"};
        extended_code_ = record.ttl >> 24;
        if (extended_code_ != 0 && !is_answer_) return DnsFault{fields + 4, in_edns, "no response code in a question"};
        if ((record.ttl & 0x00ff0000) != 0) return DnsFault{fields + 5, in_edns, "version 0"};
        if ((record.ttl & 0x7fff) != 0) return DnsFault{fields + 6, in_edns, "no flag but DO"};
        out_.room = record.klass;
        return read_dns_options(message_, record, is_answer_, stream_);
    }

    Bytes message_;
    bool is_answer_, stream_;
    DnsMessage& out_;
    std::size_t at_ = 0;
    Aliases aliases_;
    DnsTargets targets_;
    unsigned extended_code_ = 0;
};

std::optional<DnsFault> read(Bytes message, bool is_answer, bool stream, DnsMessage& out) {
    MessageReader reader(message, is_answer, stream, out);
    if (auto fault = reader.header()) return fault;
    return reader.body();
}

}  // namespace

std::optional<DnsFault> read_dns_header(Bytes message, bool is_answer, bool stream, DnsMessage& out) {
    return MessageReader(message, is_answer, stream, out).header();
}

std::optional<DnsFault> read_dns_question(Bytes message, bool stream, DnsMessage& out) { return read(message, false, stream, out); }

std::optional<DnsFault> read_dns_answer(Bytes message, bool stream, DnsMessage& out) { return read(message, true, stream, out); }

std::optional<DnsRecord> read_dns_record(Bytes message, std::size_t& at) {
    DnsRecord out;
    out.begin = at;
    auto owner = read_dns_name(message, at, DnsNameStyle::compressed);
    if (!owner) return std::nullopt;
    if (message.size() - at < 10) {
        at = message.size();
        return std::nullopt;
    }
    out.owner = *owner;
    out.type = load_be16(&message[at]);
    out.klass = load_be16(&message[at + 2]);
    out.ttl = load_be32(&message[at + 4]);
    out.data = at + 10;
    out.data_end = out.data + load_be16(&message[at + 8]);
    if (out.data_end > message.size()) {
        at += 8;
        return std::nullopt;
    }
    at = out.data_end;
    return out;
}

}  // namespace sw
