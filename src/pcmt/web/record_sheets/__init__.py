"""Entries of one kind as workbooks: the empty form, imports with a preview, exports."""
