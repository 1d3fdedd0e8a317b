"""账号名单: everybody's accounts as a workbook, out and in, and the slips on which people find their first password."""
