"""All exports of a collection at once: by the page for each role, by the command, into folders and zips."""

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from generation import review
from generation.exports import Export, ExportFile, register_export
from generation.exports import _exports as known_exports
from lessons.models import Lesson
from materials.models import Component
from tests.desk import rows as lessons
from tests.generation.shell import said
from tests.materials import rows as materials

pytestmark = pytest.mark.django_db


def approved(model):
    for row in model.objects.all():
        row.approved, row.status = row.current, "approved"
        row.save()


@pytest.fixture
def catalogue(db):
    """A material with two approved components: a kind with two exports of the same artefacts."""
    made = materials.catalogue("Oak")
    for name in ("frontmatter", "text"):
        materials.component(made.items.get(), name)
    approved(Component)
    return made


def page(made, name="materials_catalogue"):
    return reverse(f"admin:{name}_publish", args=[made.pk])


def test_every_export_is_written_and_its_texts_are_published(catalogue, roles, settings):
    done = review.publish_collection(catalogue, roles["publisher"])
    assert [one.title for one in done] == ["One file for each component", "One page for each material"]
    root = settings.PUBLISH_ROOT / "materials"
    written = [path for one in done for path in one.result.written]
    assert len(written) == 3 and all((root / path).is_file() for path in written)
    assert set(Component.objects.values_list("status", flat=True)) == {"published"}
    again = review.publish_collection(catalogue, roles["publisher"])
    assert [len(one.result.unchanged) for one in again] == [2, 1] and not any(one.result.written for one in again)


def test_what_would_change_is_told_before(catalogue, roles, settings):
    told = review.collection_changes(catalogue, roles["publisher"])
    assert [len(one.result.written) for one in told] == [2, 1]
    assert not settings.PUBLISH_ROOT.exists()
    assert set(Component.objects.values_list("status", flat=True)) == {"approved"}


def test_only_publishers_may(catalogue, roles):
    for deed in (review.publish_collection, review.collection_changes):
        with pytest.raises((review.ReviewRefused, PermissionDenied)):
            deed(catalogue, roles["operator"])
    with pytest.raises((review.ReviewRefused, PermissionDenied)):
        review.collection_zip(catalogue, roles["reviewer"], BytesIO())


def test_a_restricted_collection_gives_nothing_to_others(catalogue, roles):
    catalogue.groups.add(Group.objects.create(name="wood"))
    assert [one.result.written for one in review.publish_collection(catalogue, roles["publisher"])] == [[], []]
    assert set(Component.objects.values_list("status", flat=True)) == {"approved"}


def test_two_exports_never_write_the_same_file(catalogue, roles, settings, monkeypatch):
    taken = review.publish_collection(catalogue, roles["publisher"])[0].result.written
    monkeypatch.setattr("generation.exports._exports", dict(known_exports))

    @register_export
    class Same(Export):
        key, title, artefact_model = "materials.same", "The same names", Component

        def files(self, artefacts):
            for path in taken:
                yield ExportFile(path.partition("/")[2], b"other", (), ())

    before = {path: (settings.PUBLISH_ROOT / "materials" / path).read_bytes() for path in taken}
    last = review.publish_collection(catalogue, roles["publisher"])[-1]
    assert last.result.skipped == {"another record has the same file name": 2} and not last.result.written
    assert {path: (settings.PUBLISH_ROOT / "materials" / path).read_bytes() for path in taken} == before


def test_one_zip_holds_them_all_with_one_manifest(catalogue, roles):
    handle = BytesIO()
    review.collection_zip(catalogue, roles["publisher"], handle)
    with ZipFile(handle) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert len(names) == len(set(names)) == 4
    assert {entry["export"] for entry in manifest["files"]} == {"materials.files", "materials.pages"}


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "operator"])
def test_the_page_is_for_publishers(client, roles, catalogue, role):
    client.force_login(roles[role])
    assert client.get(page(catalogue)).status_code == client.post(page(catalogue)).status_code == 403


def test_the_list_of_collections_leads_to_it_where_something_is_approved(client, roles, catalogue):
    address = reverse("admin:materials_catalogue_changelist")
    for role, there in (("publisher", True), ("operator", False)):
        client.force_login(roles[role])
        assert (page(catalogue) in client.get(address).content.decode()) is there
    client.force_login(roles["publisher"])
    Component.objects.update(status="needs_review", approved=None)
    assert page(catalogue) not in client.get(address).content.decode()


def test_of_a_large_collection_files_are_compared_when_it_is_asked_for(client, roles, catalogue, monkeypatch):
    monkeypatch.setattr("generation.admin_base.publish_page.FILES_AT_ONCE", 1)
    client.force_login(roles["publisher"])
    shown = client.get(page(catalogue))
    assert shown.context["many"] == 2 and shown.context["exports"] == [] and shown.context["ready"]
    assert len(client.get(page(catalogue), {"files": "1"}).context["exports"]) == 2


def test_a_folder_that_can_t_be_written_is_said(client, roles, catalogue, settings):
    settings.PUBLISH_ROOT.parent.mkdir(parents=True, exist_ok=True)
    settings.PUBLISH_ROOT.write_text("a file stands here")
    client.force_login(roles["publisher"])
    shown = client.post(page(catalogue), {"step": "publish"})
    assert shown.status_code == 422 and shown.context["refusal"]
    assert set(Component.objects.values_list("status", flat=True)) == {"approved"}


def test_a_kind_with_one_export_is_published_by_the_same_page(client, roles, course):
    lessons.lessons(course, 2)
    approved(Lesson)
    client.force_login(roles["publisher"])
    client.post(page(course, "lessons_course"), {"step": "publish"})
    assert set(Lesson.objects.values_list("status", flat=True)) == {"published"}


def test_the_command_writes_all_exports_into_a_folder(catalogue, tmp_path):
    lines = said("publish", "materials", "--export", "all", "--collection", catalogue.slug, "--out", tmp_path / "out")
    assert "3 files written" in lines
    assert len([path for path in Path(tmp_path / "out").rglob("*.md") if path.is_file()]) == 3


def test_the_command_writes_all_exports_into_a_zip(catalogue, tmp_path):
    said("publish", "materials", "--export", "all", "--zip", tmp_path / "all.zip")
    with ZipFile(tmp_path / "all.zip") as archive:
        assert len(archive.namelist()) == 4


def test_the_command_publishes_all_exports(catalogue):
    assert "3 files written" in said("publish", "materials", "--export", "all")
    assert set(Component.objects.values_list("status", flat=True)) == {"published"}
