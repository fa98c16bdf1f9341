#pragma once
/// How much of the machine a process that runs libtins on hostile octets may have. A back end a system, chosen by file:
/// limits_linux.cpp, limits_openbsd.cpp. Private to the dissector.

namespace sw::dissecting {

/// Of stack, core, files and memory, for this process and its children; and no tracer, where the system knows such a thing. Cannot
/// be undone. Before confinement.
void limit_everybody();
/// Of a child that dissects one frame: a second of processor time, and no child of its own.
void limit_child();

}  // namespace sw::dissecting
