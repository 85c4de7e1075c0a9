"""`python -m scripts.check_key`: ask each configured provider for its models and say whether it takes the key."""

import os
from collections.abc import Iterator

from django.conf import settings

from generation.provider import ProviderError, get_provider
from scripts.processes import say


def sentences() -> Iterator[str]:
    """One sentence for each provider; none of them holds its key."""
    for name in settings.PROVIDERS:
        try:
            models = get_provider(name).models()
        except ProviderError as error:
            yield f"Provider {name}: {error}. The site starts all the same; launches will be refused or fail."
        else:
            yield f"Provider {name}: the key is accepted, {len(models)} models can be used."


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "batchsite.settings")
    for sentence in sentences():
        say(sentence)
