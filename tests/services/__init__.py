"""The servers that the tests talk to: real PostgreSQL and Redis of their own, and a headless browser.

`python -m tests.services` starts the two servers by hand.
"""
