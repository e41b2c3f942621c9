"""`/healthz` answers programs: yes, or no with a reason, signed in or not."""

import pytest
from django.db import DatabaseError, connection


@pytest.mark.django_db
def test_a_running_install_says_so_without_a_sign_in(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["ok"], answer.json()["realm"]) == (200, True, "demo")


def test_a_database_that_does_not_answer_is_told_with_its_reason(client, monkeypatch):
    def away():
        raise DatabaseError("away")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "database.unreachable")


@pytest.mark.django_db
def test_a_database_without_tables_is_told_with_its_reason(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditline RENAME TO audit_hidden")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "database.empty")
