"""The site's settings with the tiny kind installed: that one line is all that a domain app needs."""

from batchsite.settings import *  # noqa: F403
from batchsite.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.tiny"]
# Each test makes a user of every role: the real hasher would take most of the suite's time.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
