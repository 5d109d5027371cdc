"""Plan documents: kept files, their reading and review, adoption, amendment."""
