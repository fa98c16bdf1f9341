-- Version 2. Findings that people are to hear of, written with the packets that make it so, and removed once the alarm is on the disk.
CREATE TABLE alarm_due (
    finding INTEGER PRIMARY KEY REFERENCES finding,
    was INTEGER NOT NULL,                 -- packets before; 0: the finding is new
    digits INTEGER NOT NULL,              -- of its count then: 1 below 10, 2 below 100 ...
    since INTEGER NOT NULL                -- wall clock
) STRICT;
