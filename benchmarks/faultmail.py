"""The product's mail backend, which also writes its process into each mail, so that a double can be explained."""

import os
from collections.abc import Sequence

from django.core.mail import EmailMessage

from benchmarks.sink import WORKER
from tasks.channels import bounded_smtp


class Backend(bounded_smtp.Backend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            message.extra_headers[WORKER] = str(os.getpid())
        return super().send_messages(email_messages)
