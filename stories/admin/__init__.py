"""Feeds, stories, what was found in them, and the topics and entities that are known, in the admin."""

from stories.admin import feed, known, mention, output, story

__all__ = ["feed", "known", "mention", "output", "story"]
