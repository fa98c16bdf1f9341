-- The store, version 1. Times are nanoseconds since 1970 (packet time where a packet is meant). Octets from the wire are
-- BLOBs. Addresses are 17-octet BLOBs: family (4 or 6), then the address padded with zeros to 16, so that a prefix is a range.
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE policy (sha256 TEXT PRIMARY KEY, path TEXT NOT NULL, text BLOB NOT NULL, first_used INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- How far each journal (a spool, or a capture file by its digest) is in the store. Written with the rows it accounts for.
CREATE TABLE journal_offset (
    journal TEXT PRIMARY KEY, segment INTEGER NOT NULL, offset INTEGER NOT NULL, complete INTEGER NOT NULL DEFAULT 0,
    began INTEGER NOT NULL DEFAULT 0     -- wall clock
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,             -- BLAKE2b-128 of shape
    shape TEXT NOT NULL,                  -- canonical JSON: what makes it this finding
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'escalated', 'allowed', 'dismissed')),
    analyst TEXT,                         -- who took or decided it
    version INTEGER NOT NULL DEFAULT 0,   -- decisions so far
    severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2),
    black INTEGER NOT NULL CHECK (black IN (0, 1)),
    folded INTEGER NOT NULL CHECK (folded IN (0, 1)),
    reasons TEXT NOT NULL,                -- JSON array of slugs
    sentence TEXT NOT NULL, why TEXT NOT NULL, detail TEXT NOT NULL,
    direction TEXT NOT NULL, initiator BLOB, responder BLOB, proto TEXT NOT NULL, port INTEGER,
    nearest TEXT, rule TEXT,              -- rule: the forbid rule
    count INTEGER NOT NULL DEFAULT 0, octets INTEGER NOT NULL DEFAULT 0,
    first INTEGER NOT NULL, last INTEGER NOT NULL,
    samples INTEGER NOT NULL DEFAULT 0, samples_dropped INTEGER NOT NULL DEFAULT 0,
    policy_sha256 TEXT NOT NULL REFERENCES policy
) STRICT;
CREATE INDEX finding_queue ON finding (state, severity DESC, first DESC, id);
CREATE INDEX finding_initiator ON finding (initiator);
CREATE INDEX finding_responder ON finding (responder);

-- When a finding's packets came: one row a finding and interval of five minutes.
CREATE TABLE finding_count (
    finding INTEGER NOT NULL REFERENCES finding, start INTEGER NOT NULL, packets INTEGER NOT NULL, octets INTEGER NOT NULL,
    PRIMARY KEY (finding, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
    finding INTEGER NOT NULL REFERENCES finding, ordinal INTEGER NOT NULL,  -- the how-manieth packet of its finding
    ts INTEGER NOT NULL, len INTEGER NOT NULL, linktype INTEGER NOT NULL, swapped INTEGER NOT NULL,
    verdict TEXT NOT NULL, reasons TEXT NOT NULL, comment TEXT NOT NULL,
    source TEXT NOT NULL, number INTEGER NOT NULL,                          -- journal, and frame within its file
    policy_sha256 TEXT NOT NULL REFERENCES policy,
    octets BLOB NOT NULL,                                                   -- as captured
    PRIMARY KEY (finding, ordinal)
) STRICT;

CREATE TABLE chart (
    start INTEGER NOT NULL, rule TEXT NOT NULL, initiator BLOB NOT NULL, responder BLOB NOT NULL, proto INTEGER NOT NULL, port INTEGER NOT NULL,
    packets INTEGER NOT NULL, octets INTEGER NOT NULL, flows INTEGER NOT NULL,
    PRIMARY KEY (start, rule, initiator, responder, proto, port)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL, initiator BLOB NOT NULL, responder BLOB NOT NULL, proto INTEGER NOT NULL, sport INTEGER NOT NULL, dport INTEGER NOT NULL,
    packets_out INTEGER NOT NULL, packets_back INTEGER NOT NULL, octets_out INTEGER NOT NULL, octets_back INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, provisional INTEGER NOT NULL, complete INTEGER NOT NULL,
    policy_sha256 TEXT NOT NULL REFERENCES policy
) STRICT;
CREATE INDEX flow_first ON flow (first);

CREATE TABLE coverage (
    id INTEGER PRIMARY KEY,
    journal TEXT NOT NULL, file TEXT NOT NULL, policy_sha256 TEXT NOT NULL REFERENCES policy, mode TEXT NOT NULL, unconfined INTEGER NOT NULL,
    start INTEGER NOT NULL, stop INTEGER NOT NULL,
    frames INTEGER NOT NULL, octets INTEGER NOT NULL, allowed INTEGER NOT NULL, greylisted INTEGER NOT NULL, blacklisted INTEGER NOT NULL,
    flows INTEGER NOT NULL, clock_steps INTEGER NOT NULL, kernel_drops INTEGER, interface_drops INTEGER,  -- NULL: unknown
    samples_dropped INTEGER NOT NULL, error TEXT
) STRICT;

-- Every decision, for ever. hash: BLAKE2b-256 of prev and of this row's fields; the first row's prev is 32 zero octets.
CREATE TABLE review (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,                 -- wall clock
    analyst TEXT NOT NULL, verb TEXT NOT NULL, finding INTEGER NOT NULL REFERENCES finding,
    was TEXT NOT NULL, was_analyst TEXT, becomes TEXT NOT NULL, becomes_analyst TEXT,
    version INTEGER NOT NULL,            -- of the finding after it
    count INTEGER NOT NULL,              -- the finding's packets when it was decided
    reason TEXT NOT NULL,                -- "" for take
    undo_of INTEGER REFERENCES review, detail TEXT NOT NULL DEFAULT '{}',  -- JSON: the proposed rule, the match expression
    prev BLOB NOT NULL CHECK (length(prev) = 32), hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX review_finding ON review (finding, id);
CREATE TRIGGER review_no_update BEFORE UPDATE ON review BEGIN SELECT raise(ABORT, 'review rows are never changed'); END;
CREATE TRIGGER review_no_delete BEFORE DELETE ON review BEGIN SELECT raise(ABORT, 'review rows are never deleted'); END;
