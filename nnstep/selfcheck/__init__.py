"""nnstep tried by itself: bad input at every door, and seeks that must equal a straight run."""
