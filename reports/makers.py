"""Who makes which large file: the pages that offer them know only that a worker does."""

from reports.background.working import Makers
from reports.changes.making import make_changes
from reports.exports.making import make_ledger
from reports.models import LargeFile
from reports.packages.checking import make_check
from reports.records.making import make_security_log

Kind = LargeFile.Kind
MAKERS: Makers = {
    Kind.ITEMS: make_ledger,
    Kind.ASSIGNMENTS: make_ledger,
    Kind.CHANGES: make_changes,
    Kind.SECURITY: make_security_log,
    Kind.CHECK: make_check,
}
