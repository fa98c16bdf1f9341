#pragma once
/// The policy that the replay tests share, and the frames that most of them start from: each of these opens an allowed
/// conversation as it stands, so whatever a test bends is what is wrong with it.
#include "tests/support/dialogue.hpp"
#include "tests/support/messages.hpp"

namespace sw::craft {

/// A mail enclave whose rules look as permissive as people write them.
extern const std::string stock_policy;

CraftedFrame smtp_syn();
CraftedFrame smtp_syn6();
CraftedFrame dns_ask();
CraftedFrame dns_ask6();
CraftedFrame log_line();  ///< to the sink that nobody is
CraftedFrame log_line6();
CraftedFrame ping();
CraftedFrame ping6();

/// A conversation with the mail host's port 25, its handshake done.
TcpDialogue smtp(TcpSetup setup = {});
TcpDialogue smtp6(TcpSetup setup = {});

/// A flow's live frames, then one more.
Frames then(Frames frames, CraftedFrame last);

}  // namespace sw::craft
