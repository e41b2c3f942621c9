"""Enquiries (核实): whom to ask about what when risk areas or rules change, and what they answered.

Owns: Enquiry, Rescreening.

Promises: nobody is asked the same thing twice; who need not be asked any more is let go with the reason; what was
answered stays; the figures of a township are those of its grids at that moment.

Does not: know what is a risk area, decide a measure, or correct what somebody declared (procedures/rescreen.py and
procedures/answer_enquiry.py do).
"""
