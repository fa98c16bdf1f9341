#include "sensor/conform/smtp/smtp_look.hpp"

namespace sw::smtp {

std::span<LookAt* const> looks() {
    static constexpr LookAt* all[] = {look_portably};
    return all;
}

}  // namespace sw::smtp
