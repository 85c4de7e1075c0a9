"""The engine's tables, one module a subject."""

from generation.models.budgets import Budget
from generation.models.bulk_jobs import BulkJob, BulkStatus
from generation.models.desk import DeskClaim, DeskPreference
from generation.models.estimates import EstimateError
from generation.models.heartbeats import Heartbeat, WebhookDelivery
from generation.models.jobs import BatchJob, JobStatus
from generation.models.lanes import DirectLane
from generation.models.likenesses import Likeness
from generation.models.limits import EnqueuedLimit
from generation.models.notices import Notice, NoticeKind, NoticePreference
from generation.models.prompts import Prompt, PromptActivation, RecipeSettings
from generation.models.requests import Attempt, RawAnswer, Request, RequestStatus, StrayLine
from generation.models.revisions import ArtefactFinding, Origin, ReviewEvent, Revision
from generation.models.runs import Mode, Purpose, Run, RunStatus
from generation.models.saved_views import SavedView
from generation.models.talk import Assignment, Comment
from generation.models.token_counts import TokenCount
from generation.models.transitions import Transition
from generation.models.trials import Choice, PromptTrial, PromptVote

__all__ = [
    "ArtefactFinding", "Assignment", "Attempt", "BatchJob", "Budget", "BulkJob", "BulkStatus", "Choice", "Comment",
    "DeskClaim", "DeskPreference", "DirectLane", "EnqueuedLimit", "EstimateError", "Heartbeat", "JobStatus",
    "Likeness", "Mode", "Notice", "NoticeKind", "NoticePreference", "Origin", "Prompt", "PromptActivation",
    "PromptTrial", "PromptVote", "Purpose", "RawAnswer", "RecipeSettings", "Request", "RequestStatus",
    "ReviewEvent", "Revision", "Run", "RunStatus", "SavedView", "StrayLine", "TokenCount", "Transition",
    "WebhookDelivery",
]  # fmt: skip
