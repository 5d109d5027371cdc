"""Số liệu: the forms that ask for numbers, and the tables in which they are told."""
