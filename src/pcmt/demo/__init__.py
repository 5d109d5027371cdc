"""The demo: five plans adopted and partly done, on real unit names, and one plan to try out."""
