"""Tasks (任务): one thing to do, whose it is, until when, and who hears of it when it is late.

Owns: Task.

Promises: a task always has an owner (an account, or a role over an area) and a clock in county time; what is
late climbs its ladder by itself; opening, taking and closing come in sets, and repeating one is harmless.

Does not: know what a task is about, or do it.
"""
