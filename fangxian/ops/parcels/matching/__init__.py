"""Who somebody written on a waybill is, on the register: how it is written, what fits, how likely it is and why.

Pure: no database, no clock. What is likely is reckoned as Bayes says, from three signs (phone, name, address): each
counts for as much as it is seldom on this county's own register, and "nobody on the register" is always one of the
answers. Functions here take what was unsealed for them and keep nothing.
"""
