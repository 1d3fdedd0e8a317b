"""What the tests of the web process serve: answers that take long, are large, or count what was sent."""

import time
from collections.abc import Iterable
from pathlib import Path


def application(environ: dict, start_response) -> Iterable[bytes]:
    match environ["PATH_INFO"]:
        case "/slow":
            begun = Path(environ["QUERY_STRING"])
            begun.touch()
            while begun.exists():  # until the test takes it away
                time.sleep(0.05)
            body = b"slow but whole"
        case "/large":
            body = b"x" * 8_000_000
        case "/length":
            body = str(len(environ["wsgi.input"].read())).encode()
        case _:
            body = environ.get("HTTP_X_FORWARDED_FOR", "quick").encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
