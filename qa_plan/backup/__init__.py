"""A backup is one archive: the database as it stood at one moment, the stored files, and a list with their sums.

It knows nothing of what the rows mean: whoever calls it says which row tells how far the record went.
"""
