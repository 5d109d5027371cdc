"""Places and the map, under `/hoat-dong/dia-diem/`."""
