"""催办单 as a Word file: one sheet for each urge, to be signed, sealed and sent by hand."""
