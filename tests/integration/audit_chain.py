"""What tests of the record share: writing to it, changing it behind the program's back, and asking what is found."""

from django.db import connection

from fangxian.ops.audit.actions import keep_head_of_end, record, seal_all
from fangxian.ops.audit.verification import verify

ORDER = "浮疫指〔2022〕9号"


def write(n=6):
    """So many lines, each about another person."""
    return [
        record("people.merged", by="program:cli", about=[f"person:{i}"], details={"n": i}, facts={"n": i})
        for i in range(n)
    ]


def headed(n_heads=3):
    """So many heads, two lines each."""
    for _ in range(n_heads):
        write(2)
        seal_all()
        keep_head_of_end()


def sql(statement, *values):
    """As somebody at the database, past the program: the rows, or how many were changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def faults():
    return {finding.fault for finding in verify().findings}
