"""Pages: what a person sees in a browser.

Owns: views, templates, the template tags that hold the look, the URL table of pages. Promises: parse, call,
render; every page works without scripts; every sentence is there in Chinese and in English. Does not: decide,
keep state, or talk to a database except through the rooms' queries and actions.

A page is an address in `urls`, a view in `views`, a template in `templates/pages/<room>`, and what the view
lays out for the template (tables, figures, forms, words) in the room of that name here. `county`, `rulebook` and
`audit` stand below; the rooms of those who work with them stand above and may borrow from them: `accounts`,
`resident` (my code, my visits, an appeal), `door_keeper`, `venue_owner`, `situation`. Their places are kept in
pyproject.toml. Side by side, rooms are strangers. What any page may use stands outside the rooms: `words`,
`tables`, `maps`, `pictures`, `parts`.
"""
