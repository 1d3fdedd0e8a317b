"""What the review desk asks besides its queue."""

from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, F, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from agencies.models import User
from tasks.models import ReviewPhrase

COLLEAGUE, OWN, OFFICE = range(3)


class Offered(NamedTuple):
    """What the forms beside a report offer: a colleague to mention, or a phrase to choose."""

    kind: int
    place: int
    words: str
    pk: int

    def __str__(self) -> str:
        return self.words

    @property
    def text(self) -> str:
        return self.words


def colleagues_of(user: User) -> QuerySet[User]:
    """The other coordinators, whom a comment may mention."""
    return User.objects.coordinators().exclude(pk=user.pk).order_by("display_name", "pk")


def phrases_of(user: User) -> list[ReviewPhrase]:
    """The person's own 常用意见, then the office's."""
    return list(ReviewPhrase.objects.filter(Q(owner=user) | Q(owner=None)))


def offered_to(user: User) -> list[Offered]:
    """Both in one query: colleagues by name, then the person's own phrases and the office's."""
    name = Case(When(display_name="", then=F("username")), default=F("display_name"))
    whose = Case(When(owner=None, then=Value(OFFICE)), default=Value(OWN))
    phrases = ReviewPhrase.objects.filter(Q(owner=user) | Q(owner=None))
    rows = _offered(colleagues_of(user), Value(COLLEAGUE), Value(0), name).union(
        _offered(phrases, whose, F("place"), F("text")), all=True
    )
    return sorted(Offered(*row) for row in rows)


def _offered(rows: QuerySet[Any], kind: Any, place: Any, words: Any) -> QuerySet[Any, Any]:
    columns = {
        "told_kind": Cast(kind, IntegerField()),
        "told_place": Cast(place, IntegerField()),
        "told_words": Cast(words, TextField()),
        "told_key": Cast(F("pk"), BigIntegerField()),
    }
    return rows.order_by().annotate(**columns).values_list(*columns)
