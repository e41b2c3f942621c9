"""Transmission and sources (传播链、溯源): how the tree, its table and the ranked candidates are laid out for a page.

Owns: the drawing of a transmission tree, its words, forms and tables; the words and tables of sources. Promises: what
the picture shows stands in the table too; no name and no address in either. Does not: decide who infected whom.
"""
