"""Benchmarks: `./do bench NAME [--size S|M|L] [--out FILE]`.

Each prints a table in Markdown and says whether its goals are met.
"""
