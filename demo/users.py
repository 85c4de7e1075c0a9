"""A person for each role, so that the demo can be seen through everybody's eyes."""

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction

PASSWORD = "demo"  # noqa: S105 (it is printed: the demo answers on loopback only)
# User name -> what it may do, for the table at the end; all but the last are names of the groups that `setup` makes.
ROLES = {
    "viewer": "reads",
    "editor": "edits, generates single lessons again",
    "reviewer": "approves, requests changes, rejects",
    "publisher": "publishes and unpublishes",
    "operator": "imports, plans, spends, cancels, edits prompts",
    "admin": "everything (superuser)",
}


class GroupMissing(Exception):
    """`manage.py setup` has not made the group of a role."""


def make_users() -> list[str]:
    """Create the demo users that are missing and return their names; those who exist keep what they have."""
    # One hash for all: each takes a good part of a second, and the password is no secret.
    password = make_password(PASSWORD)
    return [name for name in ROLES if _make_user(name, password)]


@transaction.atomic
def _make_user(name: str, password: str) -> bool:
    is_admin = name == "admin"
    user, created = get_user_model().objects.get_or_create(
        username=name,
        defaults={
            "is_staff": True,
            "is_superuser": is_admin,
            "email": f"{name}@demo.invalid",
            "password": password,
        },
    )
    if created and not is_admin:
        user.groups.add(_group(name))
    return created


def _group(name: str) -> Any:
    group = apps.get_model("auth", "Group").objects.filter(name__iexact=name).first()
    if group is None:
        raise GroupMissing(f"There is no group for the role {name!r}: `manage.py setup` should have made it.")
    return group


def table(address: str) -> str:
    """Where to go and as whom, for the terminal."""
    rows = "\n".join(f"    {name:<10} {text}" for name, text in ROLES.items())
    return f"Open {address}\nSign in as one of these, password {PASSWORD!r}:\n{rows}"
