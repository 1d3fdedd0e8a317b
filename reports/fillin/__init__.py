"""离线填报表: one workbook for each agency and period, out with what is known and back with what the agency wrote.

`known` what the web holds · `identity` whose file it is, signed · `layout` which column holds what · `workbook` the
file as described sheets · `reading` a file that came back, `opening` whether it may be taken · `checking` what it would
change · `parking` where an upload waits for its confirmation · `taking` doing it.
"""
