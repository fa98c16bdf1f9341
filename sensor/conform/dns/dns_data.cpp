/// The forms of record data, one row a type.
#include <algorithm>
#include <array>

#include "sensor/conform/dns/dns_message.hpp"

namespace sw {
namespace {

/// A form is read from left to right:
///   1 2 4 6   that many octets (6: an IPv6 address, 16)
///   N n       a name; n: never compressed (RFC 3597 4)
///   s S       a string behind its length; S: one or more of them
///   B         windows of a type bit map (RFC 4034 4.1.2)
///   P         service parameters, keys ascending (RFC 9460 2.2)
///   r         one or more octets up to the end; R: any number
struct Form {
    std::uint16_t type;
    std::string_view form;
};

constexpr std::array forms{
    Form{1, "4"},           // A       RFC 1035 3.4.1
    Form{2, "N"},           // NS      RFC 1035 3.3.11
    Form{5, "N"},           // CNAME   RFC 1035 3.3.1
    Form{6, "NN44444"},     // SOA     RFC 1035 3.3.13
    Form{12, "N"},          // PTR     RFC 1035 3.3.12
    Form{13, "ss"},         // HINFO   RFC 1035 3.3.2
    Form{15, "2N"},         // MX      RFC 1035 3.3.9
    Form{16, "S"},          // TXT     RFC 1035 3.3.14
    Form{17, "nn"},         // RP      RFC 1183 2.2
    Form{18, "2n"},         // AFSDB   RFC 1183 1
    Form{25, "211r"},       // KEY     RFC 2535 3.1
    Form{28, "6"},          // AAAA    RFC 3596 2.2
    Form{29, "1111444"},    // LOC     RFC 1876 2
    Form{33, "222N"},       // SRV     RFC 2782; its target is compressed by servers of old
    Form{35, "22sssn"},     // NAPTR   RFC 3403 4.1
    Form{37, "221r"},       // CERT    RFC 4398 2
    Form{39, "n"},          // DNAME   RFC 6672 2.1
    Form{43, "211r"},       // DS      RFC 4034 5.1
    Form{44, "11r"},        // SSHFP   RFC 4255 3.1
    Form{46, "2114442nr"},  // RRSIG   RFC 4034 3.1
    Form{47, "nB"},         // NSEC    RFC 4034 4.1
    Form{48, "211r"},       // DNSKEY  RFC 4034 2.1
    Form{50, "112ssB"},     // NSEC3   RFC 5155 3.2
    Form{51, "112s"},       // NSEC3PARAM RFC 5155 4.2
    Form{52, "111r"},       // TLSA    RFC 6698 2.1
    Form{53, "111r"},       // SMIMEA  RFC 8162 2
    Form{59, "211r"},       // CDS     RFC 7344 3.1
    Form{60, "211r"},       // CDNSKEY RFC 7344 3.2
    Form{61, "r"},          // OPENPGPKEY RFC 7929 2.1
    Form{62, "42B"},        // CSYNC   RFC 7477 2.1
    Form{64, "2nP"},        // SVCB    RFC 9460 2.2
    Form{65, "2nP"},        // HTTPS   RFC 9460 9
    Form{99, "S"},          // SPF     RFC 4408 3.1.1
    Form{256, "22r"},       // URI     RFC 7553 4.5
    Form{257, "1sr"},       // CAA     RFC 8659 4.1
};

/// Walks the data of one record along its form.
class DataReader {
public:
    DataReader(Bytes message, const DnsRecord& record) : all_(message.first(record.data_end)), at_(record.data) {}

    /// false: what `place` says does not fit.
    bool read(std::string_view form) {
        return std::all_of(form.begin(), form.end(), [this](char what) { return part(what); }) && at_ == all_.size();
    }
    std::size_t place() const { return at_; }

private:
    std::size_t left() const { return all_.size() - at_; }
    bool skip(std::size_t octets) {
        if (octets > left()) {
            at_ = all_.size();
            return false;
        }
        at_ += octets;
        return true;
    }
    bool string() { return left() > 0 ? skip(1u + all_[at_]) : skip(1); }

    bool part(char what) {
        switch (what) {
            case '1':
            case '2':
            case '4':
                return skip(static_cast<std::size_t>(what - '0'));
            case '6':
                return skip(16);
            case 'N':
                return read_dns_name(all_, at_, DnsNameStyle::compressed).has_value();
            case 'n':
                return read_dns_name(all_, at_, DnsNameStyle::whole).has_value();
            case 's':
                return string();
            case 'S':
                do
                    if (!string()) return false;
                while (left() > 0);
                return true;
            case 'B':
                return bit_map();
            case 'P':
                return parameters();
            default:
                return skip(std::max<std::size_t>(left(), 1));
        }
    }

    bool bit_map() {
        for (int last = -1; left() > 0;) {
            if (left() < 2) return skip(2);
            const int window = all_[at_];
            const unsigned octets = all_[at_ + 1];
            if (window <= last || octets < 1 || octets > 32) return false;
            last = window;
            if (!skip(2 + octets)) return false;
        }
        return true;
    }

    bool parameters() {
        for (int last = -1; left() > 0;) {
            if (left() < 4) return skip(4);
            const int key = load_be16(&all_[at_]);
            const std::size_t size = load_be16(&all_[at_ + 2]);
            if (key <= last) return false;
            last = key;
            if (size > left() - 4) return skip(left() + 1);
            if (!fits(key, all_.subspan(at_ + 4, size))) return false;
            at_ += 4 + size;
        }
        return true;
    }

    /// RFC 9460 7, 8; RFC 9461 5; RFC 9540 4.
    static bool fits(int key, Bytes value) {
        switch (key) {
            case 0:  // mandatory: keys
                return !value.empty() && value.size() % 2 == 0;
            case 1:  // alpn: names behind their lengths
                for (; !value.empty(); value = value.subspan(1u + value[0]))
                    if (value[0] == 0 || value[0] >= value.size()) return false;
                return true;
            case 2:  // no-default-alpn
            case 8:  // ohttp
                return value.empty();
            case 3:  // port
                return value.size() == 2;
            case 4:  // ipv4hint
                return !value.empty() && value.size() % 4 == 0;
            case 5:  // ech
            case 7:  // dohpath
                return !value.empty();
            case 6:  // ipv6hint
                return !value.empty() && value.size() % 16 == 0;
            default:
                return true;
        }
    }

    Bytes all_;
    std::size_t at_;
};

}  // namespace

std::optional<std::size_t> misformed_dns_data(Bytes message, const DnsRecord& record) {
    const auto form = std::lower_bound(forms.begin(), forms.end(), record.type, [](const Form& f, std::uint16_t t) { return f.type < t; });
    if (form == forms.end() || form->type != record.type) return std::nullopt;
    DataReader reader(message, record);
    return reader.read(form->form) ? std::nullopt : std::optional(reader.place());
}

}  // namespace sw
