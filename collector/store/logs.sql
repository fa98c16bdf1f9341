-- Version 4. Log lines, what hosts are known to say, and what compares lines with conversations. A finding may be of lines now.
--
-- What a person decides on a finding is in force exactly as long as the decision stands: rows that name a finding are asked
-- together with its state, so that undoing the decision undoes them. Of a learning: open, taken or allowed (then it is frozen).
ALTER TABLE finding ADD COLUMN kind TEXT NOT NULL DEFAULT 'packet' CHECK (kind IN ('packet', 'log'));
ALTER TABLE sample ADD COLUMN kind TEXT NOT NULL DEFAULT 'packet' CHECK (kind IN ('packet', 'log'));  -- log: octets are a line
ALTER TABLE coverage ADD COLUMN logs INTEGER NOT NULL DEFAULT 0;          -- syslog datagrams seen
ALTER TABLE coverage ADD COLUMN logs_dropped INTEGER NOT NULL DEFAULT 0;  -- of those, not kept for want of room in the spool
ALTER TABLE journal_offset ADD COLUMN mark BLOB;                          -- of a file of lines: what stood in front of the offset

-- Who sends lines, and how: one row a way and address. Counts are of all lines, also those that retention removed.
CREATE TABLE log_source (
    id INTEGER PRIMARY KEY,
    via TEXT NOT NULL,                    -- mirror, socket, udp, tcp, tls, self, file
    address BLOB NOT NULL,                -- 17 octets as elsewhere; x'' where there is none
    host TEXT NOT NULL,                   -- what it is called: its name in the policy, else its address; of a file what its lines claim
    mac TEXT,                             -- mirror: the last one seen
    first INTEGER NOT NULL, last INTEGER NOT NULL,  -- received
    lines INTEGER NOT NULL, octets INTEGER NOT NULL,
    sequence INTEGER,                     -- the last meta sequenceId
    missing INTEGER NOT NULL DEFAULT 0,   -- lines that were sent, as sequence ids say, and did not come
    zone INTEGER,                         -- seconds that its stamps without a zone are ahead of UTC
    skew INTEGER,                         -- nanoseconds that its clock is ahead of the receive time, smoothed
    silent INTEGER NOT NULL DEFAULT 0,    -- 1: it stopped talking, and that is told
    UNIQUE (via, address, host)
) STRICT;

-- Lines that are known to be lost: dropped by the kernel because nobody read in time, or by a spool whose budget was spent.
CREATE TABLE log_loss (
    origin TEXT NOT NULL, hour INTEGER NOT NULL, lost INTEGER NOT NULL,
    PRIMARY KEY (origin, hour)
) STRICT, WITHOUT ROWID;

-- Names that a host may call itself in its lines.
CREATE TABLE log_claim (
    host TEXT NOT NULL, claimed TEXT NOT NULL, finding INTEGER NOT NULL REFERENCES finding,
    PRIMARY KEY (host, claimed)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_event (
    id INTEGER PRIMARY KEY,
    received INTEGER NOT NULL,            -- packet time, or the receiver's clock
    source INTEGER NOT NULL REFERENCES log_source,
    host TEXT NOT NULL,                   -- as the line claims; escaped, as all texts here
    claimed INTEGER,                      -- the line's own time
    facility INTEGER NOT NULL, severity INTEGER NOT NULL,
    app TEXT NOT NULL, proc_id TEXT NOT NULL, msg_id TEXT NOT NULL,
    verdict INTEGER NOT NULL,             -- 0 known, 1 allowed, 2 learnt, 3 grey, 4 black
    template INTEGER,                     -- log_template.id, of a known or learnt line
    finding INTEGER REFERENCES finding,   -- the first of those that count it
    odd INTEGER NOT NULL,                 -- bits: what its sender should not have sent (SyslogOddity)
    raw BLOB NOT NULL                     -- as received
) STRICT;
CREATE INDEX log_event_received ON log_event (received);
CREATE INDEX log_event_finding ON log_event (finding, id) WHERE finding IS NOT NULL;
-- Words of the lines up to setting 'log_indexed': the index follows, and a search reads the rest itself.
CREATE VIRTUAL TABLE log_text USING fts5 (line, content='', columnsize=0, detail=none);

-- What hosts are known to say. id: of host, program and text alone, the same everywhere.
CREATE TABLE log_template (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL, program BLOB NOT NULL, text TEXT NOT NULL,
    holes TEXT NOT NULL,                  -- kinds, in the order of the text, separated by blanks
    finding INTEGER NOT NULL REFERENCES finding,  -- the learning, or what a person added it for
    count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
) STRICT;
CREATE INDEX log_template_host ON log_template (host, program);
CREATE TABLE log_value (
    template INTEGER NOT NULL REFERENCES log_template ON DELETE CASCADE, hole INTEGER NOT NULL,
    value BLOB NOT NULL,                  -- x'': any
    finding INTEGER NOT NULL REFERENCES finding,  -- as above
    PRIMARY KEY (template, hole, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_host (
    host TEXT PRIMARY KEY,
    phase TEXT NOT NULL DEFAULT 'idle',   -- of its boot: idle, armed, learning, watching
    armed_until INTEGER NOT NULL DEFAULT 0, announced_until INTEGER NOT NULL DEFAULT 0,
    marker INTEGER NOT NULL DEFAULT 0, announced INTEGER NOT NULL DEFAULT 0,
    learn_from INTEGER NOT NULL DEFAULT 0, learn_until INTEGER NOT NULL DEFAULT 0,  -- a person wants this stretch learnt
    learning INTEGER REFERENCES finding   -- the last learning: while that stands allowed, the host learns no more
) STRICT, WITHOUT ROWID;
-- What a boot said, in order. finding: that stands allowed where a person accepted this boot.
CREATE TABLE log_boot (
    host TEXT NOT NULL, marker INTEGER NOT NULL, finding INTEGER REFERENCES finding,
    PRIMARY KEY (host, marker)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_boot_line (
    host TEXT NOT NULL, marker INTEGER NOT NULL, place INTEGER NOT NULL, program BLOB NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (host, marker, place)
) STRICT, WITHOUT ROWID;

-- Two witnesses: conversations that leave a line in their responder's log, and those lines. Both go once they were compared.
CREATE TABLE witness_flow (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,                   -- the responder's name, as log_source has it
    service TEXT NOT NULL,                -- ssh, smtp, imap, pop3
    initiator BLOB NOT NULL, responder BLOB NOT NULL, sport INTEGER NOT NULL, dport INTEGER NOT NULL,
    first INTEGER NOT NULL, answered INTEGER NOT NULL, rule TEXT NOT NULL, provisional INTEGER NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0    -- 1: a line named it, or that none did is told
) STRICT;
CREATE INDEX witness_flow_peer ON witness_flow (host, service, initiator);
CREATE INDEX witness_flow_answered ON witness_flow (answered);
CREATE TABLE witness_line (
    id INTEGER PRIMARY KEY,
    event INTEGER NOT NULL,               -- log_event.id
    host TEXT NOT NULL,                   -- who says it
    service TEXT NOT NULL,                -- as above, or drop: a packet filter says so
    initiator BLOB NOT NULL, sport INTEGER,       -- NULL: the line names no port
    responder BLOB, dport INTEGER, proto INTEGER, -- of a drop
    received INTEGER NOT NULL,
    settled INTEGER NOT NULL              -- 1: it needs no conversation, or was compared with one
) STRICT;
CREATE INDEX witness_line_peer ON witness_line (host, service, initiator);
CREATE INDEX witness_line_received ON witness_line (received);
-- What each pair of witnesses knows of itself, for status.
CREATE TABLE witness (
    host TEXT NOT NULL, service TEXT NOT NULL,
    flow INTEGER, line INTEGER,           -- when one was last seen; NULL: never
    agreed INTEGER NOT NULL DEFAULT 0, alone INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (host, service)
) STRICT, WITHOUT ROWID;
