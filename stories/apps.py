"""The stories app: topics and entities of groups of articles are found and joined to known ones."""

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    """Story groups, and what they are about."""

    name = "stories"
    verbose_name = "Stories"
