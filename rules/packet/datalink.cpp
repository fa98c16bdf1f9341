#include "rules/packet/datalink.hpp"

#include <fmt/format.h>

namespace sw {

bool is_decoded(Datalink link) {
    switch (link.linktype) {
        case linktype::null:
        case linktype::en10mb:
        case linktype::dlt_raw_bsd:
        case linktype::dlt_raw_openbsd:
        case linktype::raw:
        case linktype::loop:
        case linktype::linux_sll:
        case linktype::ipv4:
        case linktype::ipv6:
        case linktype::linux_sll2:
            return true;
        default:
            return false;
    }
}

std::string name_of(Datalink link) {
    switch (link.linktype) {
        case linktype::null:
            return "NULL";
        case linktype::en10mb:
            return "EN10MB";
        case linktype::dlt_raw_bsd:
        case linktype::dlt_raw_openbsd:
        case linktype::raw:
            return "RAW";
        case linktype::loop:
            return "LOOP";
        case linktype::linux_sll:
            return "LINUX_SLL";
        case linktype::ipv4:
            return "IPV4";
        case linktype::ipv6:
            return "IPV6";
        case linktype::linux_sll2:
            return "LINUX_SLL2";
        case 8:
            return "SLIP";
        case 9:
            return "PPP";
        case 105:
            return "IEEE802_11";
        case 107:
            return "FRELAY";
        case 117:
            return "PFLOG";
        case 127:
            return "IEEE802_11_RADIO";
        case 192:
            return "PPI";
        case 253:
            return "NETLINK";
        default:
            return fmt::format("LINKTYPE_{}", link.linktype);
    }
}

}  // namespace sw
