"""A realm is a data folder (数据域): one county's live system, demo or drill, complete in itself.

Owns: the folder's layout and version, its keyring, its county clock, its sealed columns, its file store,
and the words with which every room declares what each stored field is and when it is erased.

Promises: two realms share nothing, so a drill cannot touch a real health code and is removed by removing
its folder. A folder that cannot be used (read-only, newer, another county's) is refused in words.

Does not: hold tables, or know any room above it.
"""
