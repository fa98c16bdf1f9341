#pragma once
/// A second thread that is of use only on a core of its own. Schedulers put a new thread beside its maker and may leave it there for
/// milliseconds: of virtual processors Linux takes an idle one for one that its host has taken away.

namespace sw {

/// The core that the calling thread runs on; -1: not known. It may have moved by the time the answer is read.
int this_core();

/// The calling thread goes to another core than this one, and may be anywhere again from then on. It stays where it is if it may
/// run on no other, or nobody knows how to ask.
/// cost: some microseconds, as soon as the core that it leaves runs it
void leave_core(int core);

}  // namespace sw
