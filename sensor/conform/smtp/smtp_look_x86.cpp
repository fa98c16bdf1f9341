// With AVX2, where the processor has it.
#include "sensor/conform/smtp/smtp_look.hpp"

namespace sw::smtp {
namespace {

Look look_portably(const std::uint8_t* p, std::size_t size) { return look_at(p, size); }
[[gnu::target("avx2")]] Look look_avx2(const std::uint8_t* p, std::size_t size) { return look_at(p, size); }

}  // namespace

LookAt* fastest_look() { return __builtin_cpu_supports("avx2") ? look_avx2 : look_portably; }

}  // namespace sw::smtp
