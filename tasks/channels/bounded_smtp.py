"""Django's SMTP backend with a bound on the whole conversation, not only on each of its steps."""

import smtplib
import socket

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from tasks.channels.deadline import Deadline


class Bounded(smtplib.SMTP):
    deadline: Deadline | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self.deadline = Deadline(settings.CHANNEL_SECONDS)
        return self.deadline.connect((host, port), timeout, self.source_address)

    def quit(self) -> tuple[int, bytes]:
        """Says goodbye and does not wait for the answer: the mail is taken over, and that is to be recorded now."""
        self.putcmd("quit")
        self.close()
        return 221, b""

    def close(self) -> None:
        super().close()
        if self.deadline is not None:
            self.deadline.end()


class BoundedTLS(smtplib.SMTP_SSL, Bounded):
    """TLS from the first byte; SMTP_SSL wraps the connection that Bounded makes."""


class Backend(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return BoundedTLS if self.use_ssl else Bounded
