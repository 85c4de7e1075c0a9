"""The tables of the tiny kind, taken from its models as they stand: there is no data to carry over."""

from django.apps import apps
from django.db import migrations
from django.db.migrations.state import ModelState


def tables() -> list[migrations.CreateModel]:
    """One operation a model, in the order of models.py."""
    states = [ModelState.from_model(model) for model in apps.get_app_config("tiny").get_models()]
    return [migrations.CreateModel(state.name, list(state.fields.items()), state.options) for state in states]


class Migration(migrations.Migration):
    initial = True
    dependencies = [("generation", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = tables()
