"""Situation (态势): reads that cross rooms, for pages and reports.

Owns: no table. Promises: every figure says the time it is from; rows are limited to the reader's scope.
Does not: write.
"""
