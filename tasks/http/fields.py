"""What form fields share: the longest text, and the names of an indicator's reading."""

TEXT_LIMIT = 2000


READING = "reading_"  # begins the name of a reading's field; the indicator's key ends it
