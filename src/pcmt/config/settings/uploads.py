"""Limits on what a request may carry."""

MEGABYTE = 1024 * 1024
PCMT_UPLOAD_LIMIT = 20 * MEGABYTE
"""Largest plan file taken, in bytes."""

# Django's limit speaks of everything in a form but its files: pasted plan texts come this way.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * MEGABYTE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * MEGABYTE
