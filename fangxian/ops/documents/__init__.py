"""Documents (文书): numbered papers going out.

Owns: NumberSeries, SeriesYear, Document, and the typst templates.

Promises: numbers of a series run without gaps within their year; what was issued is never changed, only
withdrawn; the paper carries a signed text that anyone with the county's public key can verify offline, and
the county itself can say genuine, withdrawn or unknown; a demo's paper says that it is one.

Does not: decide what a paper says.
"""
