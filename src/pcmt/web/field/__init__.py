"""Entry in the field on a phone, without a connection too, and many entries at once in a table."""
