"""Screening (区域核酸): how many to a tube, what a laboratory gets through in a day, and when a round ends.

Pure. Lengths of time are minutes, rates are tubes a day; one who is asked to plan states people, machines and hours.
"""
