"""The slots of a consultation whose responses are made up: as many as are wanted, with the mix that it has."""

from consultations.brief import Brief
from consultations.mix import USUAL
from consultations.models import Consultation
from generation.importing import apply_import, plan_import
from generation.sources import SourceError


def set_count(consultation: Consultation, count: int, actor: str) -> str:
    """Bring the slots of a consultation to so many, with the mix that it has; what was done, in words.

    Raises SourceError where there is nothing to make up.
    """
    if consultation.items.filter(removed_at=None).exclude(text="").exists():
        raise SourceError(f"'{consultation.slug}' holds given responses: a number is for those that are made up.")
    if not consultation.question.strip():
        raise SourceError(f"'{consultation.slug}' has no question yet: set it in the admin, or import a brief.")
    mix = consultation.mix or USUAL
    brief = Brief(consultation.question, count, consultation.seed, consultation.background, mix)
    name = consultation.file_name or "brief.json"
    plan = plan_import(
        "consultations", brief.to_bytes(), slug=consultation.slug, name=consultation.name, format="brief",
        filename=name,
    )  # fmt: skip
    apply_import(plan, actor)
    consultation.refresh_from_db()
    return ", ".join(f"{number:,} {word}" for word, number in plan.counts().items() if word != "problems")
