"""The catalogue of elements, indicators and data forms: lists, pages, and what those who keep them do."""
