"""A form that is sent twice at one moment, by a double click or a line that came back, is one tip with one receipt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from pcmt.apps.tips.models import Tip, TipFile, TipMessage, TipTeam
from pcmt.apps.tips.operations.receiving import Receipt, receive
from pcmt.apps.tips.operations.talking import write_again
from pcmt.apps.tips.receipts import new_nonce
from tests.factories.tips import photo
from tests.factories.world import NOW, world

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]


def test_the_same_form_twice_at_once() -> None:
    land = world()
    TipTeam.objects.create(area=land["dong_hoa"], body=land["dong_hoa_police"], above=land["police"])
    nonce, said, gate = new_nonce(), new_nonce(), Barrier(2, timeout=20)

    def send(_index: int) -> object:
        try:
            gate.wait()
            return receive(
                at=NOW, area_id=land["dong_hoa"].pk, topic="selling", words="Có người lạ", nonce=nonce,
                identity={"name": "Vi Thị Bưởi"}, pictures=[photo()],
            )  # fmt: skip
        finally:
            connection.close()

    def add(receipt: str) -> object:
        try:
            gate.wait()
            return write_again(at=NOW, receipt=receipt, nonce=said, words="Thêm một điều")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(send, range(2))
        assert isinstance(first, Receipt)
        assert first.words
        assert first == second
        messages = list(pool.map(add, [first.words] * 2))
    assert (Tip.objects.count(), TipFile.objects.count()) == (1, 1)
    assert {each.pk for each in messages if isinstance(each, TipMessage)} == {TipMessage.objects.get().pk}
