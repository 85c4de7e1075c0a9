"""What people do to artefacts: each step checks the right, claims the change and leaves a ReviewEvent."""

from generation.pipeline.publish import PublishResult
from generation.review.background import advance_bulk, start_bulk, stop_bulk
from generation.review.decisions import approve, reject, request_changes, resubmit
from generation.review.editing import dismiss_candidate, save_text, take_candidate
from generation.review.findings import dismiss_finding, restore_finding
from generation.review.over_filter import BulkResult, bulk, foreseen
from generation.review.publishing import (
    Published,
    approved_in,
    chosen_export,
    collection_changes,
    collection_zip,
    publish_artefacts,
    publish_collection,
    unpublish,
    what_would_change,
)
from generation.review.regeneration import allowance_left, generate_again, planned_again
from generation.review.rights import Conflict, ReviewRefused, actor_label, edit_right
from generation.review.undo import last_decision, undo

__all__ = [
    "BulkResult", "Conflict", "PublishResult", "Published", "ReviewRefused", "actor_label", "advance_bulk",
    "allowance_left", "approve", "approved_in", "bulk", "chosen_export", "collection_changes", "collection_zip",
    "dismiss_candidate", "dismiss_finding", "edit_right", "foreseen", "generate_again", "last_decision",
    "planned_again", "publish_artefacts", "publish_collection", "reject", "request_changes", "restore_finding",
    "resubmit", "save_text", "start_bulk", "stop_bulk", "take_candidate", "undo", "unpublish", "what_would_change",
]  # fmt: skip
