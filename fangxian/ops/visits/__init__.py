"""Visits (到访): every scan at a door, from the gate's journal to the archive, and the day's counts.

Owns: Scan, JournalSegment, ArchivePart, ErasedNumber, the tallies; the archive's Parquet files; what is done
with the journal's segments once they are read.

Promises: a scan that a gate has acknowledged is in the table within two seconds, once, whatever was killed
in between; what was sent, acknowledged, queryable and archived can be counted against one another; a person
erased is gone from the table at once and from archive and journals the night after.

Does not: decide about a scan (the gate does), or know whose gate number it is.
"""
