"""Every address of the program × every role × whose thing it is, against a committed table (`expected.txt`).

How to read and change the table: docs/dev/testing.md. `python -m tests.matrix --help` is the tool for it.
"""
