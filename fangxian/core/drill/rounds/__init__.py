"""A screening round that is played with invented people: who comes when, what is recorded, what the laboratory finds.

`scene` who and where · `mishaps` what goes wrong · `tables` what tables record · `bench` what machines do · `script`
all of it in its order · `adding_up` what it must come to, beside what the system says. Pure: dice come in.
"""
