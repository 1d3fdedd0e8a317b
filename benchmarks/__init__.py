"""How fast the pages are, on far more data than one province will ever have. Start with README.md."""
