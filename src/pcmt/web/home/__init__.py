"""Việc của tôi: what the signed-in person has to do now."""
