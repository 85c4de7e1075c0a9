"""Launch the rest: what a pilot was chosen from, without what it has made, with an estimate that knows the pilot."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from generation.admin_base.access import visible_by_run
from generation.admin_base.plan_context import REFUSALS, asked_to_count, plan_context, started
from generation.console.shell import console_view, show
from generation.instructions import instruction
from generation.launching import LaunchRefused, OverBudget
from generation.models import Mode, Purpose, Run
from generation.planning.choice import rest_of
from generation.planning.draft import draft


class RestForm(forms.Form):
    """How the rest is sent, and how much of it."""

    mode = forms.ChoiceField(choices=Mode.choices, widget=UnfoldAdminSelectWidget, label="Send the rest")
    limit = forms.IntegerField(
        min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget, label="At most, of each collection"
    )


@console_view("launch_run")
def rest(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan of the rest; a POST launches it."""
    pilot = visible_by_run(Run.objects.filter(purpose=Purpose.PILOT), request.user, "pk").filter(pk=pk).first()
    if pilot is None:
        raise Http404("There is no such pilot.")
    given = request.POST if request.method == "POST" else request.GET
    form = RestForm(given if "mode" in given else {"mode": _usual_mode(pilot)}, label_suffix="")
    usual: dict[str, Any] = {"mode": _usual_mode(pilot), "limit": None}
    asked = form.cleaned_data if form.is_valid() else usual
    choice = rest_of(pilot, request.user, asked["mode"], asked["limit"])
    refusal, more = "", {}
    if request.POST.get("step") == "launch":
        try:
            if pilot.open:
                raise LaunchRefused("The pilot still goes on: wait for its end, then launch the rest.")
            return started(request, choice, "launch")
        except REFUSALS as error:
            refusal, more = str(error), {"over_budget": isinstance(error, OverBudget)}
    if request.POST.get("step") == "count":
        refusal = asked_to_count(choice)
    made = draft(choice, request.POST.get("shown", ""))
    hidden = [(name, str(value)) for name, value in asked.items() if value]
    context: dict[str, Any] = plan_context(request, choice, made, hidden) | more
    context["refusal"] = refusal or made.refusal
    return show(request, "generation/console/plan.html", "The rest after the pilot", rest_form=form, **context)


def _usual_mode(pilot: Run) -> str:
    names = [instruction(key, slug, pilot.model).provider for key, slug in pilot.groups()]
    return Mode.BATCH if all(settings.PROVIDERS.get(name, {}).get("batch", True) for name in names) else Mode.DIRECT
