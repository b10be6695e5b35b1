"""Time on a busy machine is no property of the code: hypothesis sets no deadline a single example."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
