"""`pcmt users`: the first administrator of a fresh installation, and the way back in for somebody locked out."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from pcmt.apps.accounts.links import address_of
from pcmt.apps.accounts.models import Grant, Role, User
from pcmt.apps.accounts.names import username_for
from pcmt.apps.accounts.operations import create_user, grant_role, invite, renew_password, take_factors
from pcmt.apps.accounts.queries import grants_of
from pcmt.apps.units.models import Unit, holds_on
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold

REFUSED = 1


class Command(BaseCommand):
    """Makes, invites and lets back in people from the command line, which is trusted: no rights are asked."""

    help = (
        "Tạo (create), mời (invite) người dùng, đặt lại mật khẩu (reset), liệt kê người quản trị (list):"
        " dùng cho người quản trị đầu tiên và khi không còn ai vào được."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The word that says what to do, and its options."""
        words = parser.add_subparsers(dest="what", required=True, metavar="create | invite | reset | list")
        for name, told in (("create", "tạo tài khoản có mật khẩu"), ("invite", "mời bằng đường dẫn dùng một lần")):
            word = words.add_parser(name, help=told)
            word.add_argument("--name", required=True, metavar="HỌ TÊN")
            word.add_argument("--username", default="", metavar="TÊN", help="mặc định: đặt theo họ tên")
            word.add_argument("--email", default="", required=name == "invite", metavar="THƯ")
            word.add_argument("--post", default="", metavar="CHỨC VỤ")
            word.add_argument(
                "--role", default=Role.ADMINISTRATOR.value, choices=Role.values, help="mặc định: administrator"
            )
            word.add_argument("--unit", required=True, metavar="ĐƠN VỊ", help="mã, hoặc tên đầy đủ của đơn vị")
            if name == "create":
                _password_option(word)
        reset = words.add_parser("reset", help="đặt mật khẩu mới; các phiên đang mở kết thúc")
        reset.add_argument("username", metavar="TÊN")
        reset.add_argument("--factors", action="store_true", help="gỡ cả lớp bảo vệ thứ hai")
        reset.add_argument("--reason", default="", metavar="LÝ DO", help="cần khi gỡ lớp bảo vệ thứ hai")
        _password_option(reset)
        words.add_parser("list", help="liệt kê những người quản trị hôm nay")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what was asked; a refusal is told and the exit code is 1."""
        with transaction.atomic():
            told = getattr(self, f"_{options['what']}")(options)
        self.stdout.write(told)

    def _create(self, options: dict[str, Any]) -> str:
        at, unit = timezone.now(), _unit(options["unit"])
        username = options["username"] or _free(options["name"])
        user = _ok(
            create_user(
                actor=None,
                at=at,
                username=username,
                full_name=options["name"],
                email=options["email"],
                post=options["post"],
                password=_password(options),
            )
        )
        grant = _ok(
            grant_role(
                actor=None,
                at=at,
                user_id=user.pk,
                role=options["role"],
                unit_id=unit.pk,
                valid_from=timezone.localdate(at),
            )
        )
        return f"Đã tạo {user.username} ({user.full_name}): {_held(grant)}."

    def _invite(self, options: dict[str, Any]) -> str:
        at, unit = timezone.now(), _unit(options["unit"])
        invitation = _ok(
            invite(
                actor=None,
                at=at,
                full_name=options["name"],
                email=options["email"],
                username=options["username"] or _free(options["name"]),
                post=options["post"],
                role=options["role"],
                unit_id=unit.pk,
                valid_from=timezone.localdate(at),
            )
        )
        return (
            f"Đã mời {invitation.user.username} ({invitation.user.full_name}): {_held(invitation.grant)}.\n"
            f"Đường dẫn, dùng được một lần đến {timezone.localtime(invitation.expires_at):%H:%M %d/%m/%Y}:\n"
            f"{address_of('invitation', invitation.nonce)}"
        )

    def _reset(self, options: dict[str, Any]) -> str:
        at = timezone.now()
        user = User.objects.filter(username=options["username"].strip().lower()).first()
        if user is None:
            raise CommandError(f"Không có người dùng {options['username']}.", returncode=REFUSED)
        if options["factors"]:
            _ok(take_factors(actor=None, at=at, user_id=user.pk, reason=options["reason"]))
        _ok(renew_password(at=at, user_id=user.pk, password=_password(options)))
        return f"Đã đặt mật khẩu mới cho {user.username}; mọi phiên đang mở đã kết thúc."

    def _list(self, _options: dict[str, Any]) -> str:
        today = timezone.localdate()
        found = Grant.objects.as_of(today).filter(role=Role.ADMINISTRATOR, user__is_active=True)
        people = User.objects.filter(pk__in=found.values("user_id")).order_by("sort_key", "pk")
        lines = [
            f"{user.username}\t{user.full_name}\t{grant.unit}"
            for user in people
            for grant in grants_of(user, today)
            if grant.role == Role.ADMINISTRATOR
        ]
        return "\n".join(lines) or "Chưa có người quản trị nào. Tạo bằng: pcmt users create"


def _password_option(word: Any) -> None:
    word.add_argument(
        "--password-stdin", action="store_true", help="đọc mật khẩu từ đầu vào chuẩn thay vì hỏi trên màn hình"
    )


def _password(options: dict[str, Any]) -> str:
    """The password, asked for or read; never an argument, which others on the machine could see."""
    if options["password_stdin"]:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Mật khẩu: ")
    if first != getpass.getpass("Nhập lại: "):
        raise CommandError("Hai lần nhập không giống nhau.", returncode=REFUSED)
    return first


def _unit(words: str) -> Unit:
    """The one unit that a code or a name means today."""
    there = Unit.objects.filter(holds_on(timezone.localdate()))
    found = list(there.filter(code=words.strip())[:2]) or list(there.filter(search_key=fold(words))[:6])
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(
            f"Không có đơn vị {words!r}. Nạp danh mục (pcmt units load) hoặc ghi đúng tên.", returncode=REFUSED
        )
    names = ", ".join(f"{unit} ({unit.code or 'không có mã'})" for unit in found)
    raise CommandError(f"Nhiều đơn vị cùng tên, hãy ghi mã: {names}.", returncode=REFUSED)


def _free(name: str) -> str:
    return username_for(name, set(User.objects.values_list("username", flat=True)))


def _held(grant: Grant | None) -> str:
    return f"{grant.get_role_display()}, {grant.unit}" if grant else ""


def _ok(answer: Any) -> Any:
    """The value; a refusal ends the command."""
    if isinstance(answer, Refusal):
        raise CommandError(str(answer), returncode=REFUSED)
    return answer
