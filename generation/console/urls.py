"""Addresses of the console, beneath /admin/console/; names begin with `console_`."""

from django.urls import URLPattern, path

from generation.console import counts, notices, remote_batches, remote_files, rest, results, saved_views, start, trials

urlpatterns: list[URLPattern] = [
    path("counts/", counts.counts, name="console_counts"),
    path("notices/", notices.notices, name="console_notices"),
    path("prompts/<int:pk>/preview/", trials.preview_view, name="console_prompt_preview"),
    path("prompts/<int:pk>/try/", trials.try_view, name="console_prompt_try"),
    path("plan/", start.start, name="console_plan"),
    path("remote-batches/", remote_batches.remote_batches, name="console_remote_batches"),
    path("remote-files/", remote_files.remote_files, name="console_remote_files"),
    path("runs/<int:pk>/rest/", rest.rest, name="console_rest"),
    path("runs/<int:pk>/results/", results.results, name="console_results"),
    path("saved-views/", saved_views.saved_views, name="console_saved_views"),
    path("trials/", trials.trials_view, name="console_trials"),
    path("trials/<int:pk>/", trials.trial_view, name="console_trial"),
    path("trials/<int:pk>/progress/", trials.trial_progress_view, name="console_trial_progress"),
]
