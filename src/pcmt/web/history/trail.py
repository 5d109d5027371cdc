"""The history of a thing in words: the changes of it and of what hangs below it, as far as the reader may see them."""

from __future__ import annotations

from django.db.models import Model, QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Unit
from pcmt.web.audit.words import Told, tell
from pcmt.web.history.kinds import about, kind_of


class Trail:
    """The entries of a thing, newest first, a page at a time: what Django's Paginator asks of a list.

    `whole` tells whether it holds everything that was recorded.
    """

    def __init__(self, entries: QuerySet[Entry], *, whole: bool, around: Model) -> None:
        self.entries, self.whole, self.around = entries, whole, around

    def count(self) -> int:
        return self.entries.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Told]:
        return tell(self.entries[part], around=self.around)


def trail_of(actor: Actor, thing: Model) -> Trail:
    """The changes of a thing that the reader sees. Ask only for a thing that the reader may see.

    A thing kept in the part of the tree whose acts the reader may see belongs to the reader with its whole history,
    and so does what is the reader's own. Of other things one sees what one's units did, or what one did oneself. Who
    only looked is for auditors to know, in the log; and so is who signed in when.
    """
    kind, label = kind_of(thing), thing._meta.label
    entries = Entry.objects.filter(about(label, str(thing.pk))).writes().exclude(event__startswith="accounts.session.")
    entries = entries.order_by("-at", "-day", "-number")
    units = Unit.objects.under(actor.unit_id, actor.on).values("pk")
    homes = [home for home in kind.homes(thing) if home is not None]
    whole = kind.own(thing, actor) or (
        sees("audit.Entry", actor) >= Reach.SUBTREE and units.filter(pk__in=homes).exists()
    )
    seen = entries if whole else entries.visible_to(actor, units=units)
    return Trail(seen, whole=whole, around=thing)
