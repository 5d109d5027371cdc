"""Sắp xếp đơn vị: preparing a reorganisation step by step, seeing all that follows, planning and cancelling it."""
