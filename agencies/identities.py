"""外部身份: which account is whose whom another server knows. Tied by people, on record; never by a name."""

from datetime import datetime

from django.conf import settings

from agencies.changes import note
from agencies.models import ExternalIdentity, User
from agencies.sessions import end_all_for_good
from qa_plan.visible import is_visible

LONGEST = 191


class Refused(ValueError):
    """Why an identity can't be tied to an account, in Chinese."""


def way_named(way: str) -> str:
    """What people call the way; its own name where the settings have it no more."""
    name: str = settings.EXTERNAL_WAYS.get(way, way)
    return name


def person_known_as(way: str, subject: str) -> User | None:
    """The account that somebody tied to the identity, switched off or not; compared sign by sign."""
    return User.objects.filter(identities__way=way, identities__subject=subject).first()


def refusal_of_identity(way: str, subject: str, user: User | None) -> str:
    """Why the identity may not be that account's (None: of a new one); "" where it may."""
    if not is_visible(subject) or not subject.isprintable() or len(subject) > LONGEST:
        return f"唯一标识须为1至{LONGEST}个可见字符。"
    other = person_known_as(way, subject)
    if other is not None and other != user:
        return f"该标识已登记在{other}（{other.username}）名下。"
    return ""


def tie(user: User, way: str, subject: str, *, by: User | None, at: datetime) -> bool:
    """Lets in as the person who comes by the way as that subject; False where it was so. Within `recording()`."""
    if way not in settings.EXTERNAL_WAYS:
        raise Refused(f"没有启用“{way}”这种登录方式。")
    if refusal := refusal_of_identity(way, subject, user):
        raise Refused(refusal)
    if user.identities.filter(way=way, subject=subject).exists():
        return False
    identity = user.identities.create(way=way, subject=subject, linked_at=at)
    note("登记外部身份", user, by=by, at=at, new={"identity": str(identity)}, agency=user.agency)
    return True


def untie(identity: ExternalIdentity, *, by: User | None, at: datetime) -> None:
    """Nobody comes in by it any more, and all sessions of the person end. Within `recording()`."""
    user = identity.user
    told = str(identity)
    identity.delete()
    end_all_for_good(user)
    note("取消外部身份", user, by=by, at=at, old={"identity": told}, agency=user.agency)
