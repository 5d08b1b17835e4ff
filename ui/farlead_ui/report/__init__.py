"""The report at the right: measurements, suggestions, statements, signature."""
