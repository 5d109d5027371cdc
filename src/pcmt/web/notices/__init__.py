"""Thông báo: the bell, the list of what one was told, how one wants to be told, and words for chat groups."""
