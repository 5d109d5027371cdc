"""What a password must be."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from pcmt.apps.accounts.models import User

USER = User(username="thu.dang", full_name="Đặng Thị Ngân", email="van.thu.so@y-te.vn")


@pytest.mark.parametrize(
    "good", ["ba con mèo và một cái thang", "mot-mat-khau-dai", "xem-thu-pcmt", "kT9$vQ2!mZ7p", "chiếc ô màu xanh lá"]
)
def test_good_ones(good: str) -> None:
    validate_password(good, USER)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("mười một chữ"[:11], "password_too_short"),
        ("Matkhau@2026!", "password_too_common"),
        ("CongAn123456", "password_too_common"),
        ("phòng chống ma túy 2026", "password_too_common"),
        ("111111111111", "password_too_common"),
        ("abababababab", "password_too_common"),
        ("passwordpassword", "password_too_common"),
        ("qwertyuiopasdf"[:6] * 2, "password_too_common"),
        ("thu.dang rất giỏi", "password_too_similar"),
        ("chị Ngân ở đây nhé", "password_too_similar"),
        ("của van thu so nhé", "password_too_similar"),
    ],
)
def test_bad_ones(bad: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(bad, USER)
    assert code in {error.code for error in refused.value.error_list}


def test_nobody_in_particular() -> None:
    validate_password("ba con mèo và một cái thang", None)
