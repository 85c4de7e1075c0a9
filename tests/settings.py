"""The site's settings with the tiny kind installed: that one line is all that a domain app needs."""

from batchsite.settings import *  # noqa: F403
from batchsite.settings import DATA_DIR, DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.tiny"]
# Each test makes a user of every role: the real hasher would take most of the suite's time.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as on a site: a database in memory locks whole tables between threads at once, without waiting its turn.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
