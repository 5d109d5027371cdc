"""Where rows about people are seen: at the commune that holds the file, as far as the table of rights reaches."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, sees


class FileQuerySet(models.QuerySet[Any]):
    """Rows of a person's file. Seen where the file is today, not where it was; who broke the glass sees that one file.

    A model names the way to its subject in `SUBJECT` ("" for the subject itself), and says with `GLASS` whether
    breaking the glass opens it.
    """

    def visible_to(self, actor: Actor | None) -> Self:
        model: Any = self.model
        if actor is None:
            return self.none()
        way = model.SUBJECT
        reach = sees(model._meta.label, actor)
        seen = Q(pk__in=())
        if reach >= Reach.SUBTREE:
            seen = Q(**{f"{way}unit__in": reached_units(actor, reach)}) & self.narrowed(actor)
        if model.GLASS:
            from pcmt.apps.registers.models.protection import BreakGlass

            seen |= Q(**{f"{way}pk__in": BreakGlass.objects.open_for(actor).values("subject_id")})
        return self.filter(seen)

    def narrowed(self, actor: Actor) -> Q:
        """What of the files in reach the actor's role sees; everything unless a model says less."""
        del actor
        return Q()


class OwnQuerySet(models.QuerySet[Any]):
    """Rows that belong to who made them, and to whom the table of rights gives an area (`UNIT` names their unit)."""

    def visible_to(self, actor: Actor | None) -> Self:
        model: Any = self.model
        reach = sees(model._meta.label, actor)
        if actor is None or reach is Reach.NOTHING:
            return self.none()
        own = Q(user_id=actor.user_id)
        if reach >= Reach.SUBTREE:
            own |= Q(**{f"{model.UNIT}__in": reached_units(actor, reach)})
        return self.filter(own)
