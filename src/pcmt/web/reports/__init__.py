"""Báo cáo: the lists of reports, a report while it is written, its way up, its documents."""
