"""常用意见: what reviewers write again and again, to be chosen instead of typed."""

from django.db import models

from agencies.models import User


class ReviewPhrase(models.Model):
    """One phrase of a coordinator's own, or of the office's where it has no owner; in the order of `place`."""

    owner = models.ForeignKey(
        User, models.CASCADE, related_name="review_phrases", null=True, blank=True, verbose_name="所有人"
    )
    place = models.PositiveSmallIntegerField("顺序")
    text = models.CharField("意见", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "常用意见"
        ordering = (models.F("owner").asc(nulls_last=True), "place", "pk")

    def __str__(self) -> str:
        return self.text
