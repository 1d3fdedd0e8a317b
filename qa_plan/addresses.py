"""Parts of addresses, read so that no database meets what it can't hold."""

from typing import Any

MOST = 2**63 - 1  # of the keys of every database


class Key:
    """A key or number in an address: `<key:pk>`. One that no row can have is an address of nothing, 404."""

    regex = "[0-9]{1,19}"

    def to_python(self, text: str) -> int:
        number = int(text)
        if number > MOST:
            raise ValueError(text)
        return number

    def to_url(self, value: Any) -> str:
        return str(value)
