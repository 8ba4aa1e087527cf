"""What a defense costs: learning curves, satellites and their launches over the years of a programme."""
