"""The product's settings for `benchmarks.faults`: each mail says which worker sent it."""

from qa_plan.settings import *  # noqa: F403

EMAIL_BACKEND = "benchmarks.faultmail.Backend"
