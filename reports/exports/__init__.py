"""The ledgers to take away, as a workbook or as CSV."""
