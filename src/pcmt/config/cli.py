"""`pcmt`: the command line of everything.

`pcmt read` starts without Django, so that it is quick. Exit codes: 0 done, 1 it did not work, 2 wrong usage.
"""

import os
import sys
from collections.abc import Callable, Sequence

DONE, FAILED, USAGE = 0, 1, 2

HELP = """\
pcmt: đọc kế hoạch và theo dõi việc thực hiện

Cách dùng: pcmt LỆNH [tham số]

  read TỆP…          đọc văn bản kế hoạch, in kết quả (xem: pcmt read --help)
  serve              phục vụ trang web và chạy việc nền cho đến khi bị dừng (xem: pcmt serve --help)
  migrate            tạo hoặc nâng cấp cơ sở dữ liệu
  demo load          nạp dữ liệu minh họa nếu chưa có
  demo reset         xóa dữ liệu và nạp lại từ đầu
  units load         nạp danh mục đơn vị hành chính cả nước; chạy lại không đổi gì
  units count        đếm đơn vị hành chính theo cấp tại một ngày (--on 2026-01-01, --json)
  catalogue load     nạp danh mục số liệu của chương trình; catalogue check: kiểm tra danh mục
  kinds load         nạp các loại hoạt động, địa điểm có sẵn; kinds check: so với tệp và kiểm tra
  reports forms load nạp các mẫu báo cáo có sẵn; reports forms check: so với tệp và kiểm tra mẫu
  rollup verify      đếm lại mọi số cộng dồn, nêu ô sai lệch; rollup rebuild: cộng lại từ đầu
  users create       tạo người quản trị đầu tiên; users invite: mời; users reset: đặt lại mật khẩu; users list
  audit verify       kiểm tra nhật ký còn nguyên vẹn không; audit prune: hủy phần quá hạn lưu; audit export: kết xuất;
                     audit roles: tách vai trò PostgreSQL của tiến trình web khỏi vai trò chủ
  registers check    thử mở mọi hồ sơ đã niêm phong; registers rotate: đổi khóa; registers reindex: đổi khóa chỉ mục
  check              kiểm tra cài đặt: cơ sở dữ liệu, thư mục dữ liệu, chương trình đi kèm
  worker             chỉ chạy một tiến trình xử lý việc nền
  status             việc nền đang thế nào: tiến trình, việc chờ, việc lỗi, lịch chạy (--json); mã 1 khi cần người xem

Mọi lệnh quản trị của Django cũng dùng được, ví dụ: pcmt createsuperuser, pcmt shell.
Dữ liệu nằm trong thư mục PCMT_DATA (mặc định: var); PCMT_DATABASE_URL chỉ tới PostgreSQL nếu có.
Mã kết thúc: 0 xong, 1 không làm được, 2 sai cách dùng.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the answer is the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments:
        sys.stderr.write(HELP)
        return USAGE
    name, rest = arguments[0], arguments[1:]
    if name in {"-h", "--help", "help"}:
        sys.stdout.write(HELP)
        return DONE
    if name == "read":
        from pcmt.documents.cli import main as read

        return read(rest)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcmt.config.settings")
    own = COMMANDS.get(name)
    name = FORMER.get(name, name)
    return own(rest) if own else django(name, rest)


def serve(arguments: list[str]) -> int:
    """`pcmt serve`: the web server and one worker, which stop together."""
    from pcmt.config.serve import main as serve_main

    return serve_main(arguments)


def migrate(arguments: list[str]) -> int:
    """`pcmt migrate`: the tables of the rooms, then the table of the cache."""
    return django("migrate", arguments) or (DONE if arguments else django("createcachetable", []))


def check(arguments: list[str]) -> int:
    """`pcmt check`: Django's own checks, then those of the installation."""
    if arguments:
        return django("check", arguments)
    from pcmt.config.checkup import main as checkup

    return django("check", []) or checkup()


COMMANDS: dict[str, Callable[[list[str]], int]] = {"serve": serve, "migrate": migrate, "check": check}


FORMER = {"jobs": "worker"}
"""Commands that were called otherwise: services set up then go on."""


def django(name: str, arguments: list[str]) -> int:
    """Any management command, with exit codes of ours: what Django says by SystemExit becomes a number."""
    import django as library
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import ManagementUtility, get_commands

    try:
        library.setup()
        if name not in get_commands():
            sys.stderr.write(f"pcmt: không có lệnh {name!r}. Xem: pcmt --help\n")
            return USAGE
        ManagementUtility(["pcmt", name, *arguments]).execute()
    except ImproperlyConfigured as problem:
        sys.stderr.write(f"pcmt: cấu hình sai: {problem}\n")
        return USAGE
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else (FAILED if exit_.code else DONE)
    return DONE


def run() -> None:
    """Entry of the console script."""
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:  # the reader of our output left (`pcmt read … | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    sys.exit(code)


if __name__ == "__main__":
    run()
