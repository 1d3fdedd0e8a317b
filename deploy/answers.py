"""Whether the web process of this container answers: for its health check, which has neither curl nor a certificate."""

import http.client
import os

hosts = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
connection.request("GET", "/accounts/login/", headers={"Host": hosts[0].lstrip("."), "X-Forwarded-Proto": "https"})
raise SystemExit(connection.getresponse().status != 200)
