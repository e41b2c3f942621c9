"""The quick way through a gate: the usual scan, of a whole turn at once, in compiled loops.

Owns
    The reading of connections that ask the same kind of thing again and again (`sockets`), the reading of such scans
    (`hearing`, `digests`), their records and answers (`judging`), and what these look up (`known`); `lane` joins them.

Promises
    A scan that goes this way has the record and the answer that `deciding` would have given it, byte for byte. Whatever
    has anything unusual about it goes the other way, from its first byte, and so does everything if numba is not there.

Does not
    Refuse anybody, remember anything (repeats, pace, what is under way are the gate's), or wait.
"""
