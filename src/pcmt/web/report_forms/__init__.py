"""Mẫu báo cáo: what reports ask for; the standing office writes its own."""
