"""The pages of packages stand here: lists and one package, briefing as text and as one page, comparison and check."""
