-- The session ledger: conversations of rules with ledger = true, one row each from its opening on; frames that a mirror
-- wrapped: what to take out of a sample to get the frame that was judged.
CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    journal TEXT NOT NULL,               -- of a sensor's spool; '' for capture files: a session may go on in the next one
    run INTEGER NOT NULL,                -- when that run began
    rule TEXT NOT NULL, initiator BLOB NOT NULL, responder BLOB NOT NULL, proto INTEGER NOT NULL, sport INTEGER NOT NULL, dport INTEGER NOT NULL,
    opened INTEGER NOT NULL,             -- its first packet
    last INTEGER NOT NULL,               -- the last packet that was told of
    packets_out INTEGER NOT NULL, packets_back INTEGER NOT NULL, octets_out INTEGER NOT NULL, octets_back INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'complete', 'cut', 'lost')),  -- lost: its sensor began anew without an end to it
    provisional INTEGER NOT NULL,        -- taken up in the middle
    names TEXT NOT NULL,                 -- JSON: what its ends called themselves, [{"by", "what", "name"}], escaped
    policy_sha256 TEXT NOT NULL REFERENCES policy,
    UNIQUE (journal, opened, initiator, responder, sport, dport, proto)
) STRICT;
CREATE INDEX session_opened ON session (opened);
CREATE INDEX session_live ON session (journal) WHERE state = 'live';

ALTER TABLE sample ADD COLUMN wrapped_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sample ADD COLUMN wrapped INTEGER NOT NULL DEFAULT 0;       -- octets from there on
ALTER TABLE sample ADD COLUMN wrapped_tail INTEGER NOT NULL DEFAULT 0;  -- octets at the end
ALTER TABLE sample ADD COLUMN inner_linktype INTEGER NOT NULL DEFAULT 1;
ALTER TABLE coverage ADD COLUMN mirror_lost INTEGER;                    -- NULL: unknown
