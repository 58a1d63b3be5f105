"""Rules that rest on a table which AWS documents in part."""
