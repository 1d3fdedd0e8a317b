"""The marks in a PDF's text: standard input → one a line. A process of its own, whatever a file does to the library."""

import resource
import sys
import time

import pypdfium2

from tasks.rules.secrecy import marks_within

SECONDS = 3  # of reading; of the processor one more
MEGABYTES = 500
PAGES = 300


def main() -> None:
    """Page by page, each mark said as soon as it is found, until the time is over."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 1, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1024**2, MEGABYTES * 1024**2))
    until, said = time.monotonic() + SECONDS, set[str]()
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    for at in range(min(len(document), PAGES)):
        for mark in set(marks_within(document[at].get_textpage().get_text_range())) - said:
            said.add(mark)
            sys.stdout.buffer.write(f"{mark}\n".encode())
            sys.stdout.flush()
        if time.monotonic() > until:
            return


if __name__ == "__main__":
    main()
