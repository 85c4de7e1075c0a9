"""The site's settings with the killer."""

from batchsite.settings import *  # noqa: F403
from batchsite.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.killing"]
