"""Pages of the grids' daily work: what each area did in a day or a week, added up by itself."""
