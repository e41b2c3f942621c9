"""Fangxian 防线: a county's whole response to an infectious disease, as one program.

The picture of the house is in ARCHITECTURE.md; the words are in GLOSSARY.md.
"""

__version__ = "0.1.0"
