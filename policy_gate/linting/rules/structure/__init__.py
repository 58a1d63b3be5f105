"""Rules that need nothing but the document."""
