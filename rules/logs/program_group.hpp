#pragma once
/// Programs that speak alike: word rules are written for groups of them. Private to this room.
#include <cstdint>
#include <string_view>

namespace sw {

using ProgramGroups = std::uint16_t;

namespace program_group {
inline constexpr ProgramGroups any = 0xffff;
inline constexpr ProgramGroups sshd = 1;   ///< and dropbear
inline constexpr ProgramGroups login = 2;  ///< who opens sessions: su, sudo, doas, login, cron
inline constexpr ProgramGroups sudo = 4;
inline constexpr ProgramGroups cron = 8;
inline constexpr ProgramGroups mail = 16;  ///< every mail program
inline constexpr ProgramGroups postfix = 32;
inline constexpr ProgramGroups dovecot = 64;
inline constexpr ProgramGroups sendmail = 128;
inline constexpr ProgramGroups exim = 256;
inline constexpr ProgramGroups systemd = 512;
inline constexpr ProgramGroups clock = 1024;
}  // namespace program_group

/// cost: a few comparisons
ProgramGroups groups_of(std::string_view program);

}  // namespace sw
