"""Trao đổi dữ liệu: packets of report systems out and in."""
