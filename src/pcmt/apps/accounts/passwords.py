"""What a password must be, in words: long, not about oneself, not among the first that anybody tries.

No rule about signs of different kinds: such rules make people write `Matkhau@123` (NIST SP 800-63B, 5.1.1.2).
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pcmt.core.text import fold

FIRST_GUESSES = (
    *(
        "matkhau",
        "password",
        "anhyeuem",
        "emyeuanh",
        "yeuem",
        "vietnam",
        "hanoi",
        "saigon",
        "congan",
        "canhsat",
        "daihoc",
    ),
    *("uyban", "ubnd", "phongchongmatuy", "phongchong", "matuy", "pcmt", "ketoan", "admin", "welcome", "qwerty", "abc"),
    *("chaomung", "xinchao", "giadinh", "hanhphuc", "hoilamgi", "khongbiet", "benhvien", "tramyte", "xinloi"),
)
"""Words that passwords of Vietnamese offices are made of; longer ones first when they are taken out."""
LEFT_OVER = 5
"""A password must have so many letters or figures left when those words, years and runs like 123 are taken out."""
_TAKEN_OUT = re.compile(
    "|".join(
        [
            *sorted(FIRST_GUESSES, key=len, reverse=True),
            r"(?:19|20)\d\d",
            r"0?1234567890?|1?2?345678?9?|123|321|(.)\1\1+",
        ]
    )
)


class LongEnough:
    """So many characters as the settings say."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < settings.PASSWORD_LENGTH:
            raise ValidationError(
                _("Mật khẩu mới có %(has)d ký tự, cần ít nhất %(needs)d. Một câu ngắn dễ nhớ là đủ dài.")
                % {"has": len(password), "needs": settings.PASSWORD_LENGTH},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return _("Ít nhất %(needs)d ký tự; dấu cách và tiếng Việt có dấu đều dùng được.") % {
            "needs": settings.PASSWORD_LENGTH
        }


class NotAboutOneself:
    """Does not hold one's own user name, name or mail address."""

    def validate(self, password: str, user: Any = None) -> None:
        given = _plain(password)
        for value in _about(user):
            if len(value) >= 4 and value in given:
                raise ValidationError(
                    _("Mật khẩu chứa tên hoặc địa chỉ thư của chính bạn. Người quen đoán ra ngay."),
                    code="password_too_similar",
                )

    def get_help_text(self) -> str:
        return _("Không chứa tên, tên đăng nhập hay địa chỉ thư của mình.")


class NotGuessedFirst(CommonPasswordValidator):
    """Not one of the twenty thousand most used, and not made of the words that offices here are fond of."""

    def validate(self, password: str, user: Any = None) -> None:
        given = _plain(password)
        if given in self.passwords or password.lower().strip() in self.passwords or len(set(given)) < 5:
            self._refuse()
        if len(_TAKEN_OUT.sub("", given)) < LEFT_OVER:
            self._refuse()

    def _refuse(self) -> None:
        raise ValidationError(
            _("Mật khẩu này thuộc loại bị thử đầu tiên (từ quen, năm, dãy số). Ghép vài từ không liên quan với nhau."),
            code="password_too_common",
        )

    def get_help_text(self) -> str:
        return _("Không phải từ quen cộng với năm hay dãy số, như “matkhau2026”.")


def _plain(text: str) -> str:
    """Letters and figures without tone marks, small: how a guesser spells."""
    return re.sub(r"[\W_]", "", fold(text))


def _about(user: Any) -> list[str]:
    if user is None:
        return []
    values = [user.username, user.email.partition("@")[0], user.full_name, *user.full_name.split()[-1:]]
    return [_plain(value) for value in values if value]
