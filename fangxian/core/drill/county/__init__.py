"""A synthetic county of residents, grids, venues and schools, made from published figures.

`plan` reads a county's data files, `build` makes the people, `columns` says what comes out,
`export` writes it down the same way every time, `census` compares it with the census, and
`schematic` draws its map. Nobody in it exists.
"""
