"""The site's settings with a provider, and so an account at the sandbox, for each case that asks for one of its own."""

from batchsite.settings import *  # noqa: F403
from batchsite.settings import PROVIDERS, env

PROVIDERS |= {
    f"f{number}": {"base_url": env.str("OPENAI_BASE_URL"), "api_key": f"sk-f{number}", "batch": True}
    for number in range(100)
}
