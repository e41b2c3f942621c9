"""Sheets (表格模板): the county's own spreadsheets, filled in from what is on record already.

Owns: Template, TemplateVersion, HeadMeaning, Fill.

Promises: a form comes back as it was uploaded but for what is filled in: titles, merged heads, widths, styles, the
lines under the table; rows that the form had only for show are emptied before it is kept; identity numbers stay whole,
dates are dates, and nothing that was typed anywhere runs as a formula; who took a filled sheet is on record.

Does not: know where rows come from (situation.sheet_sources does), or keep a filled sheet.
"""
