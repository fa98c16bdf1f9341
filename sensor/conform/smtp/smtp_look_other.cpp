#include "sensor/conform/smtp/smtp_look.hpp"

namespace sw::smtp {
namespace {

Look look_portably(const std::uint8_t* p, std::size_t size) { return look_at(p, size); }

}  // namespace

LookAt* fastest_look() { return look_portably; }

}  // namespace sw::smtp
