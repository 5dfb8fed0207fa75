"""NumPy alone: formulas, tapes, and running them."""
