"""A property of an object that several threads share is reckoned by one of them."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class locked_property(Generic[Value]):
    """The first thread that asks reckons it while others wait; afterwards it is an ordinary attribute.

    The object has a `lock`, an RLock, for all its properties together.
    """

    def __init__(self, reckon: Callable[[Any], Value]) -> None:
        self.reckon = reckon
        self.__doc__ = reckon.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Value:
        with instance.lock:
            known = vars(instance)
            if self.name not in known:
                known[self.name] = self.reckon(instance)
            value: Value = known[self.name]
            return value
