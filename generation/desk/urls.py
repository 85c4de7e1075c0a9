"""Addresses of the desk, which every admin of artefacts has beneath its list."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import path

from generation.desk.people import people_view
from generation.desk.publish_record import publish_view
from generation.desk.search import search_view
from generation.desk.similar import beside_view, similar_view
from generation.desk.views import claim_view, desk_view, keys_view
from generation.desk.whole import job_view, whole_view


def desk_urls(model_admin: Any) -> list[Any]:
    """For one model's admin; to be put before its own addresses."""
    opts = model_admin.opts
    prefix = f"{opts.app_label}_{opts.model_name}"

    def wrapped(view: Callable[..., HttpResponse]) -> Any:
        return model_admin.admin_site.admin_view(partial(view, model_admin))

    return [
        path("desk/", wrapped(desk_view), name=f"{prefix}_queue"),
        path("desk/keys/", wrapped(keys_view), name=f"{prefix}_desk_keys"),
        path("desk/people/", wrapped(people_view), name=f"{prefix}_desk_people"),
        path("desk/search/", wrapped(search_view), name=f"{prefix}_desk_search"),
        path("desk/similar/", wrapped(similar_view), name=f"{prefix}_desk_similar"),
        path("desk/whole/<slug:action>/", wrapped(whole_view), name=f"{prefix}_desk_whole"),
        path("desk/jobs/<int:pk>/", wrapped(job_view), name=f"{prefix}_desk_job"),
        path("desk/<int:pk>/beside/<int:other>/", wrapped(beside_view), name=f"{prefix}_desk_beside"),
        path("desk/<int:pk>/publish/", wrapped(publish_view), name=f"{prefix}_desk_publish"),
        path("desk/<int:pk>/", wrapped(desk_view), name=f"{prefix}_desk"),
        path("desk/<int:pk>/claim/", wrapped(claim_view), name=f"{prefix}_desk_claim"),
    ]
