"""Jobs (后台任务): work that is asked for now and done by the worker.

Owns: Job, the table of what can be done (`kinds.py`), and the worker's loop.

Promises: a job asked for twice under one key is one job; it is tried again with growing pauses; the job of
a killed worker is taken up by the next one, and says so; a worker that lost its lease writes nothing more.

Does not: promise that a job runs once. It promises once *in effect*, to jobs that may safely be repeated.
"""
