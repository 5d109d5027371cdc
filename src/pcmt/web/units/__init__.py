"""Đơn vị: the tree of any day, one unit with all that is known of it, and changes of the tree."""
