"""A site whose only admin is one of facts, with nothing in it but what the engine gives."""

from django.urls import path
from unfold.sites import UnfoldAdminSite

from generation.admin_base.artefacts import ArtefactAdmin
from tests.tiny.models import Fact


class FactAdmin(ArtefactAdmin):
    """JSON: a plain field."""

    editor = "json"


site = UnfoldAdminSite(name="admin")
site.register(Fact, FactAdmin)
urlpatterns = [path("admin/", site.urls)]
