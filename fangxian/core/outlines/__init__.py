"""Outlines of grid cells (网格边界): from a county's own GeoJSON to polygons that can be trusted, and whose they are.

Owns: reading and checking a file of polygons, which grid cell each is of, how much two outlines overlap, their areas,
and the same outlines as coarse as a drawing of them needs.

Promises: a file is taken whole or refused whole, with the first thing that is wrong and where; what is taken is
closed, crosses itself nowhere, lies in the county and does not cover a neighbour; where it is not certain whose an
outline is, that is said and not guessed.

Does not: keep anything, or turn one datum into another: what is read is WGS-84 (CGCS2000 is the same to
a hand's width).
"""
