"""The desk's queue: the filter of a list, in an order, walked by keys so that no page is ever counted off."""

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.contrib.admin.filters import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, QueryDict
from unfold.views import ChangeList

from generation.base_models import ArtefactStatus
from generation.desk.claims import claimed_by_others

# The desk's own words in the address; everything else is the list's filter.
# The state is its own, too: without one the desk shows what needs review, and the list shows all.
ORDER, STATUS, ANY = "order", "status", "any"
PASSING = ("go", "tab", "find", "ignore_case", "files")
OWN = (ORDER, STATUS, *PASSING)
WORST, SOURCE = "worst", "source"
Column = tuple[str, bool]
Place = tuple[Any, ...]
# Each order ends with the key, so that no two records share a place. True: from the highest down.
ORDERS: dict[str, tuple[Column, ...]] = {
    WORST: (("weight", True), ("pk", False)),
    SOURCE: (("item__collection_id", False), ("item__position", False), ("pk", False)),
}


class _Rows(ChangeList):
    """The list's own way from an address to rows, without a page of them and without the filters' options."""

    def get_results(self, request: HttpRequest) -> None:
        """None: the queue asks for single rows."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """The list's parameters without the desk's own."""
        found: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in OWN}


def _quick(spec: Any) -> Any:
    """A filter that does not look up its options: counting those costs more than finding the next record."""
    if not (isinstance(spec, type) and issubclass(spec, SimpleListFilter)):
        return spec
    return type(spec.__name__, (spec,), {"lookups": lambda self, request, model_admin: [("", "")]})


@dataclass
class Queue:
    """The records of a filter that wait, for one user. Without a state in the filter: those that need review."""

    rows: QuerySet[Any]
    everything: QuerySet[Any]
    user: Any
    order: str
    state: str
    params: QueryDict

    @classmethod
    def of(cls, model_admin: Any, request: HttpRequest) -> "Queue":
        """From the address; raises BadRequest for a filter or an order that there is not."""
        order = request.GET.get(ORDER) or WORST
        if order not in ORDERS:
            raise BadRequest(f"There is no order '{order}'. There are: {', '.join(ORDERS)}.")
        try:
            rows = _filtered(model_admin, request)
        except (IncorrectLookupParameters, SuspiciousOperation) as error:
            raise BadRequest("The filter in the address can't be read.") from error
        everything = rows.order_by().select_related(None)
        state = request.GET.get(STATUS) or str(ArtefactStatus.NEEDS_REVIEW)
        if state not in (ANY, *ArtefactStatus.values):
            raise BadRequest(f"There is no state '{state}'.")
        params = request.GET.copy()
        for name in PASSING:
            params.pop(name, None)
        waiting = everything if state == ANY else everything.filter(status=state)
        return cls(waiting, everything, request.user, order, state, params)

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the order sorts by."""
        return ORDERS[self.order]

    @property
    def query(self) -> str:
        """The shareable part of the address, with its question mark; empty without a filter."""
        return f"?{self.params.urlencode()}" if self.params else ""

    @property
    def list_query(self) -> str:
        """The same for the list, which knows nothing of the desk's own words."""
        params = self.params.copy()
        params.pop(ORDER, None)
        if self.state == ANY:
            params.pop(STATUS, None)
        else:
            params[STATUS] = self.state
        return f"?{params.urlencode()}" if params else ""

    @cached_property
    def claimed(self) -> dict[int, Any]:
        """Live claims of other people: artefact id -> claim."""
        return claimed_by_others(self.rows.model, self.user)

    @cached_property
    def waiting(self) -> int:
        """How many wait."""
        return self.rows.count()

    @cached_property
    def total(self) -> int:
        """How many the filter holds in whatever state."""
        return self.everything.count()

    @property
    def shows_default(self) -> bool:
        """Whether it is the queue of what needs review, of which a share is done."""
        return self.state == ArtefactStatus.NEEDS_REVIEW

    @property
    def states(self) -> list[tuple[str, str, bool]]:
        """Values and words of the choice between states, and which one is in force."""
        choices = [*ArtefactStatus.choices, (ANY, "any state")]
        return [(str(value), str(shown), value == self.state) for value, shown in choices]

    @property
    def done(self) -> int:
        """How many of the filter wait no more."""
        return self.total - self.waiting

    def place(self, artefact: Any) -> Place:
        """Where the record stands in this order: keep it before a decision, which may change what is sorted by."""
        return tuple(_value(artefact, name) for name, _ in self.columns)

    def position(self, artefact: Any) -> int:
        """The record's number among those that wait, from 1; 0 when it is none of them."""
        place = self.place(artefact)
        if self.order == WORST and not self.everything.query.where:
            # Without a filter each count is a walk over a part of the queue's own index; one OR would walk all of it.
            if self.state not in (ANY, artefact.status):
                return 0
            return sum(self.rows.filter(step).count() for step in self._steps(place, forward=False)) + 1
        before = reduce(or_, self._steps(place, forward=False))
        waits = Q(pk__isnull=False) if self.state == ANY else Q(status=self.state)
        # One walk over what the filter finds; with the state in the WHERE, databases start from there and join it all.
        counts = self.everything.aggregate(
            total=Count("pk"),
            waiting=Count("pk", filter=waits),
            before=Count("pk", filter=waits & before),
            inside=Count("pk", filter=waits & Q(pk=artefact.pk)),
        )
        self.waiting, self.total = counts["waiting"], counts["total"]
        return counts["before"] + 1 if counts["inside"] else 0

    def neighbour(self, place: Place, *, forward: bool = True) -> int | None:
        """Key of the next record (or the one before) that nobody else has open; at most two queries."""
        free = self.rows.exclude(pk__in=self.claimed) if self.claimed else self.rows
        ordered = free.order_by(*self._ordering(forward))
        steps = self._steps(place, forward=forward)
        if self.order == SOURCE:
            # Hardly two records share a place in the source: searched for alone, SQLite walks all that wait for them.
            collection, position, _ = place
            here = Q(**{"item__collection_id": collection, f"item__position__{'gte' if forward else 'lte'}": position})
            steps = [here & (steps[0] | steps[1]), steps[2]]
        for step in steps:
            # One search of an index each: same weight and later key first, then a smaller weight.
            found = ordered.filter(step).values_list("pk", flat=True).first()
            if found is not None:
                return int(found)
        return None

    def first(self) -> int | None:
        """Key of the first record that nobody else has open."""
        free = self.rows.exclude(pk__in=self.claimed) if self.claimed else self.rows
        return free.order_by(*self._ordering(True)).values_list("pk", flat=True).first()

    def after(self, place: Place) -> int | None:
        """Where to go after a decision: on, and at the end to the first that still waits; None: none is left."""
        found = self.neighbour(place) or self.first()
        # The last column of every order is the key: a record that stays in its filter is not its own successor.
        return None if found == place[-1] else found

    def _ordering(self, forward: bool) -> list[Any]:
        return [F(name).desc() if down == forward else F(name).asc() for name, down in self.columns]

    def _step(self, place: Place, depth: int, forward: bool) -> Q:
        """Equal in the first columns, beyond it in the one at `depth`."""
        same = Q(**{name: place[number] for number, (name, _) in enumerate(self.columns[:depth])})
        name, down = self.columns[depth]
        return same & Q(**{f"{name}__{'lt' if down == forward else 'gt'}": place[depth]})

    def _steps(self, place: Place, *, forward: bool) -> list[Q]:
        """What lies beyond the place, the nearest first, apart by the column that makes the difference."""
        return [self._step(place, depth, forward) for depth in reversed(range(len(self.columns)))]


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _filtered(model_admin: Any, request: HttpRequest) -> QuerySet[Any]:
    filters = [_quick(spec) for spec in model_admin.get_list_filter(request)]
    rows = _Rows(
        request, model_admin.model, list_display=("pk",), list_display_links=(), list_filter=filters,
        date_hierarchy=None, search_fields=model_admin.get_search_fields(request), list_select_related=False,
        list_per_page=1, list_max_show_all=1, list_editable=(), model_admin=model_admin, sortable_by=(),
        search_help_text="",
    )  # fmt: skip
    return rows.queryset
