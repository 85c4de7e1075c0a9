"""The engine's tables, one module a subject."""

from generation.models.budgets import Budget
from generation.models.bulk_jobs import BulkJob, BulkStatus
from generation.models.desk import DeskClaim, DeskPreference
from generation.models.heartbeats import Heartbeat, WebhookDelivery
from generation.models.jobs import BatchJob, JobStatus
from generation.models.lanes import DirectLane
from generation.models.likenesses import Likeness
from generation.models.limits import EnqueuedLimit
from generation.models.prompts import Prompt, RecipeSettings
from generation.models.requests import Attempt, RawAnswer, Request, RequestStatus, StrayLine
from generation.models.revisions import ArtefactFinding, Origin, ReviewEvent, Revision
from generation.models.runs import Mode, Purpose, Run, RunStatus
from generation.models.talk import Assignment, Comment
from generation.models.transitions import Transition

__all__ = [
    "ArtefactFinding", "Assignment", "Attempt", "BatchJob", "Budget", "BulkJob", "BulkStatus", "Comment", "DeskClaim",
    "DeskPreference", "DirectLane", "EnqueuedLimit", "Heartbeat", "JobStatus", "Likeness", "Mode", "Origin", "Prompt",
    "Purpose", "RawAnswer", "RecipeSettings", "Request", "RequestStatus", "ReviewEvent", "Revision", "Run",
    "RunStatus", "StrayLine", "Transition", "WebhookDelivery",
]  # fmt: skip
