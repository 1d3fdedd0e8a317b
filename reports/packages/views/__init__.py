"""The pages of packages: lists and one package, their briefing as text and as one page, comparison and check."""
