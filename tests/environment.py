"""Settings of the tests, put into the environment before Django reads it: no `.env`, quick polls, no key by default."""

import os
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="batchsite-tests-")
(Path(_folder) / "static").mkdir()
os.environ["ENV_FILE"] = os.devnull
os.environ["DATA_DIR"] = _folder
for _name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PROVIDERS", "REDIS_URL"):
    os.environ.pop(_name, None)
for _name, _value in {
    "DEBUG": "on",
    "POLL_MIN_SECONDS": "0.02",
    "POLL_MAX_SECONDS": "1",
    "RECONCILE_GRACE_SECONDS": "0.2",
    "LOG_LEVEL": "WARNING",
}.items():
    os.environ[_name] = _value
