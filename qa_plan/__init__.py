import atexit
import gc

from qa_plan.celery import app as celery_app

__all__ = ["celery_app"]

# A process that ends would look through all that it has loaded for garbage, which takes it a third of a second.
atexit.register(gc.freeze)
