"""Ledgers are taken away from here, as a workbook or as CSV."""
