#pragma once
/// Trust the outcome, not the calls that should have led to it: before confinement is final, the process tries what it may never
/// do. Private to the back ends; confine() runs it.
#include "rules/confine/confine_table.hpp"

namespace sw::confinement {

/// Before anything is given up. An AF_XDP socket sends when it is polled, which no filter can forbid to whoever waits for frames:
/// who holds one cannot be confined. errors: a descriptor is one, which it names (code environment)
Result<Done> check_descriptors();

/// Try to make sockets; to send, write, bind, set and connect on the packet device, on the notify descriptor and on every other
/// open socket; to run a program, to trace, to load byte code. Each must fail with refusal, an error that the kernel gives for
/// none of them. Arguments are such that even an unconfined process sends nothing and changes nothing.
/// errors: something was let through, which it names (code environment): the caller must not go on
/// cost: one fstat a possible descriptor below 1,024, some 20 calls a socket
Result<Done> self_test(const Powers& powers, const Descriptors& known, int refusal);

}  // namespace sw::confinement
