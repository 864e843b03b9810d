import sqlite3
from contextlib import closing

import pytest

from core.domain.decisions import Verdict
from core.domain.errors import JobCancelled
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.lots import list_items, open_lot
from core.services.reports import export_lot, query_report


@pytest.fixture
def lot_id(workspace, folder):
    lot_id = open_lot(workspace, folder, JobContext())
    decide(workspace, list_items(workspace, lot_id)[:1], verdict=Verdict.REAL, title="Real")
    return lot_id


def rewrite_a_decision(home):
    with closing(sqlite3.connect(home / "history.sqlite", timeout=10)) as connection, connection:
        connection.execute("DROP TRIGGER decisions_no_update")
        connection.execute("UPDATE decisions SET after_note = 'never said'")


def test_a_report_says_that_the_audit_chain_holds(workspace, lot_id, tmp_path):
    page = export_lot(workspace, lot_id, "html", tmp_path / "lot.html", JobContext()).read_text()
    assert query_report(workspace, lot_id, JobContext()).audit_fault == ""
    assert "every row follows from the one before it" in page
    assert "is broken" not in page


def test_a_report_says_first_of_all_that_the_audit_chain_is_broken(workspace, lot_id, tmp_path):
    rewrite_a_decision(workspace.home)
    page = export_lot(workspace, lot_id, "html", tmp_path / "lot.html", JobContext()).read_text()
    fault = query_report(workspace, lot_id, JobContext()).audit_fault
    assert fault == "Decision 1 is not what was audited."
    assert page.index("The audit chain of this history is broken.") < page.index("Verdicts")
    assert page.count(fault) == 2
    assert "every row follows" not in page


def test_the_walk_along_the_audit_chain_can_be_stopped(workspace, lot_id, tmp_path):
    class StopAtTheAudit(JobContext):
        def report(self, done, total, text=""):
            super().report(done, total, text)
            if "audit" in text:
                self.token.cancel()

    ctx = StopAtTheAudit()
    with pytest.raises(JobCancelled):
        export_lot(workspace, lot_id, "csv", tmp_path / "lot.csv", ctx)
    assert ctx.progress.text == "Checking the audit chain"
    assert not (tmp_path / "lot.csv").exists()
