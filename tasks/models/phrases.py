"""常用意见: what reviewers write again and again, to be chosen instead of typed."""

from typing import Self

from django.db import models

from agencies.models import Office, User


class ReviewPhraseQuerySet(models.QuerySet["ReviewPhrase"]):
    def of(self, owner: User | None, office: str | None) -> Self:
        """The person's own, or where there is none, those of the office."""
        return self.filter(owner=owner) if owner else self.filter(owner=None, office=office)

    def offered_to(self, user: User) -> Self:
        """The person's own, then their office's."""
        return self.of(user, None) | self.of(None, user.office_id)


class ReviewPhrase(models.Model):
    """One phrase of a coordinator's own, or of the office's where it has no owner; in the order of `place`."""

    owner = models.ForeignKey(
        User, models.CASCADE, related_name="review_phrases", null=True, blank=True, verbose_name="所有人"
    )
    office = models.ForeignKey(
        Office, models.PROTECT, to_field="path", related_name="+", null=True, verbose_name="统筹机构"
    )  # whose it is where it has no owner
    place = models.PositiveSmallIntegerField("顺序")
    text = models.CharField("意见", max_length=200)

    objects = ReviewPhraseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "常用意见"
        ordering = (models.F("owner").asc(nulls_last=True), "place", "pk")

    def __str__(self) -> str:
        return self.text
