"""What a campaign looks like: figures and one self-contained page."""
