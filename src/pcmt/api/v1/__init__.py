"""The first version. What is here keeps its shape; fields may be added."""
