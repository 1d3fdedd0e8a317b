from tests.test_query_budget import *
def test_show(small, settings):
    for n in ("dashboard","items filtered and sorted","assignments"):
        print("=====",n)
        for q in queries_of(small,n,settings): print(table_of(q), "|", q[:150].replace("\n"," "), "...", q[-120:] )
