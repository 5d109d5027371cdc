import time, pytest
from uuid import uuid4
from django.utils import timezone
from django.test import Client

pytestmark = pytest.mark.django_db


def test_m():
    from tests.web.plenty import plenty
    from pcmt.apps.accounts.queries import actor_of
    from pcmt.apps.tasks.urging import to_urge
    from pcmt.apps.tasks.operations import urge, write_letters
    import pcmt.apps.tasks.operations.urging as u
    from pcmt.apps.tasks.letters import LetterWords

    today = timezone.localdate()
    prov = plenty(today)
    actor = actor_of(prov.users["office"], today)
    t = time.perf_counter()
    f = to_urge(actor, today)
    print("\nto_urge", len(f.letters), sum(len(l.lines) for l in f.letters), time.perf_counter() - t)
    ids = [line.due.pk for l in f.letters for line in l.lines]
    orig = u.enqueue_letters
    u.enqueue_letters = lambda b: ""
    t = time.perf_counter()
    m = urge(actor=actor, at=timezone.now(), batch=uuid4(), item_ids=ids, words=LetterWords(agency="X", symbol="Y"))
    print("urge", len(m), time.perf_counter() - t)
    t = time.perf_counter()
    n = write_letters(batch=m[0].batch, at=timezone.now())
    print("write", n, time.perf_counter() - t)
    c = Client()
    c.force_login(prov.users["office"])
    for p in ("/nhiem-vu/dung-han/", "/nhiem-vu/don-doc/moi/", f"/nhiem-vu/don-doc/dot/{m[0].batch}/"):
        c.get(p)
        t = time.perf_counter()
        r = c.get(p)
        print(p, r.status_code, len(r.content), time.perf_counter() - t)
