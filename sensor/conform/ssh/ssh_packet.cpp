#include "sensor/conform/ssh/ssh_packet.hpp"

#include <algorithm>

namespace sw::ssh {
namespace {

constexpr unsigned kexinit_lists = 10;
constexpr std::uint32_t cookie_octets = 16, reserved_octets = 4;

bool is_name(std::uint8_t c) { return c > 0x20 && c < 0x7f; }

}  // namespace

/// The length and the padding's length.
std::string_view PacketReader::head(std::uint8_t octet) {
    if (part_ == Part::length) {
        length_ = length_ << 8 | octet;
        if (++at_ < 4) return {};
        const std::uint64_t octets = std::uint64_t{length_} + 4;
        if (octets < least_octets || octets > most_octets || octets % 8 != 0)
            return "a packet's length: 12 to 34,996, with its own four octets a multiple of 8";
        part_ = Part::padding_length;
        return {};
    }
    padding_ = octet;
    if (padding_ < 4 || padding_ + 2u > length_) return "padding of at least four octets, and a message";
    left_ = length_ - 1 - padding_;
    part_ = Part::type;
    return {};
}

std::string_view PacketReader::begin_payload(std::uint8_t octet) {
    type_ = octet;
    fresh_ = true;
    --left_;
    lists_ = 0;
    if (type_ == message::newkeys && left_ > 0) return "NEWKEYS without data";
    next_field(Field::cookie, cookie_octets);
    part_ = Part::payload;
    return {};
}

std::string_view PacketReader::kexinit(std::uint8_t octet) {
    --left_in_field_;
    switch (field_) {
        case Field::cookie:
            if (left_in_field_ == 0) next_field(Field::list_size, 4), length_ = 0;
            return {};
        case Field::list_size:
            length_ = length_ << 8 | octet;
            if (left_in_field_ > 0) return {};
            if (length_ >= left_) return "a list of names that ends within the message";
            next_field(Field::list, length_);
            break;
        case Field::list:
            if (!is_name(octet)) return "names of visible octets";
            break;
        case Field::follows:
            if (octet > 1) return "a boolean";
            next_field(Field::reserved, reserved_octets);
            return {};
        case Field::reserved:
            if (octet != 0) return "four octets of zero";
            if (left_in_field_ == 0) field_ = Field::end;
            return left_in_field_ == 0 && left_ > 0 ? "the end of the message" : std::string_view{};
        case Field::end:
            return "the end of the message";
    }
    if (field_ != Field::list || left_in_field_ > 0) return {};
    length_ = 0;
    ++lists_ < kexinit_lists ? next_field(Field::list_size, 4) : next_field(Field::follows, 1);
    return {};
}

PacketReader::Taken PacketReader::take(Bytes octets) {
    if (part_ == Part::done) *this = {};
    fresh_ = false;
    std::string_view fault;
    std::size_t taken = 1;
    if (part_ == Part::length || part_ == Part::padding_length) {
        fault = head(octets[0]);
    } else if (part_ == Part::type) {
        fault = begin_payload(octets[0]);
    } else if (part_ == Part::payload && type_ == message::kexinit) {
        --left_;
        fault = kexinit(octets[0]);
        if (fault.empty() && left_ == 0 && field_ != Field::end) fault = "the rest of KEXINIT";
    } else {
        taken = std::min<std::size_t>(octets.size(), left_);
        left_ -= static_cast<std::uint32_t>(taken);
    }
    if (!fault.empty()) return {0, fault};
    if (left_ == 0 && part_ == Part::payload) {
        part_ = Part::padding;
        left_ = padding_;
    } else if (left_ == 0 && part_ == Part::padding) {
        part_ = Part::done;
    }
    return {taken, {}};
}

}  // namespace sw::ssh
