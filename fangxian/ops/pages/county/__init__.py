"""What the county's pages are made of: areas, households, persons and venues, as tables, figures, forms and words.

`trails` says where a page stands in the county and how far up its reader may go; `words` names what the records
hold; the tables and figures lay out what the situation and the registers answered. Nothing here asks the database.
"""
