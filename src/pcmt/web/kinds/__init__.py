"""Loại hoạt động, địa điểm: what is recorded, as data; the standing office makes its own."""
