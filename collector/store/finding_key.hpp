#pragma once
/// What makes a finding this finding, and the wider ones that may count it.
#include <array>
#include <cstdint>
#include <string>

#include "sensor/journal/record.hpp"

namespace sw {

using FindingKey = std::array<std::uint8_t, 16>;

/// BLAKE2b-128 of a shape's canonical text (canonical(), ingest.hpp).
FindingKey key_of(const std::string& canonical_shape);

using Shape = FindingRecord::Shape;

/// A shape without any_*: not a scan's or a flood's, and not the rest.
bool is_exact(const Shape& s);
/// As sensor/findings folds: a pair's further ports; a port's further initiators; everything of reasons, protocol and direction.
Shape fold_ports(Shape s);
Shape fold_initiators(Shape s);
Shape fold_all(const Shape& s);
/// What takes a finding where there are too many: one for critical ones, one for all others.
Shape rest_of(Severity severity, const Shape& s);

/// tcp, icmp, arp, 0x88cc, or "": the same word that replay --json prints.
std::string proto_word(const Shape& s);

}  // namespace sw
