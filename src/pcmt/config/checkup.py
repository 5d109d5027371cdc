"""`pcmt check`: is this installation fit to work?"""

import os
import shutil
import sys

HELPERS = {
    "soffice": "LibreOffice: đọc tệp .doc, .odt",
    "tesseract": "Tesseract với tiếng Việt (vie): đọc bản quét và ảnh",
}


def main() -> int:
    """Print one line a matter. 0 when nothing needed is missing; warnings and optional programs do not count."""
    problems = [*database_problems(), *folder_problems(), *page_problems()]
    for problem in problems:
        sys.stdout.write(f"THIẾU  {problem}\n")
    for remark in mail_remarks():
        sys.stdout.write(f"CHÚ Ý  {remark}\n")
    for warning in log_warnings():
        sys.stdout.write(f"CHÚ Ý  {warning}\n")
    for program, use in HELPERS.items():
        word = "có    " if shutil.which(program) else "không "
        sys.stdout.write(f"{word} {program} (tùy chọn; {use})\n")
    if not problems:
        sys.stdout.write("Cài đặt dùng được.\n")
    return 1 if problems else 0


def database_problems() -> list[str]:
    """The database answers and has all its tables."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        return [f"cơ sở dữ liệu không trả lời: {error}".strip()]
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{len(waiting)} bước nâng cấp cơ sở dữ liệu chưa chạy (pcmt migrate)"] if waiting else []


def log_warnings() -> list[str]:
    """On PostgreSQL, whether the present role could change the audit log: that of the web processes must not.

    No problem in itself: after an upgrade the owner of the tables runs the check, and the owner can.
    """
    from django.db import DatabaseError

    from pcmt.apps.audit.operations.roles import Unfit, too_strong

    try:
        role = too_strong()
    except (DatabaseError, Unfit):
        return []  # told already
    words = f"vai trò {role} của cơ sở dữ liệu sửa được nhật ký. Dịch vụ web phải dùng vai trò riêng: pcmt audit roles"
    return [words] if role else []


def mail_remarks() -> list[str]:
    """Whether letters leave the house, and which could not. Missing mail keeps nobody from working."""
    from django.conf import settings
    from django.db import DatabaseError

    from pcmt.apps.accounts.queries import letters_in_trouble, mail_is_kept
    from pcmt.apps.notices.queries import digests_in_trouble

    remarks = []
    if folder := mail_is_kept():
        remarks.append(f"chưa nối máy chủ thư (PCMT_SMTP_URL): thư mời, thư đặt lại mật khẩu nằm trong {folder}")
    elif settings.DEFAULT_FROM_EMAIL.endswith("@localhost>"):
        remarks.append("chưa đặt địa chỉ gửi thư (PCMT_MAIL_FROM): nhiều máy chủ từ chối thư từ pcmt@localhost")
    try:
        remarks += [f"thư cho {letter.email} chưa gửi được: {letter.trouble}" for letter in letters_in_trouble()]
        waiting, trouble = digests_in_trouble()
        if waiting:
            remarks.append(f"{waiting} thư tổng hợp chưa gửi được: {trouble}")
    except DatabaseError:
        pass  # said already, as a problem of the database
    return remarks


def folder_problems() -> list[str]:
    """The data folder can be written to."""
    from django.conf import settings

    return [] if os.access(settings.PCMT_DATA, os.W_OK) else [f"không ghi được vào thư mục {settings.PCMT_DATA}"]


def page_problems() -> list[str]:
    """The style sheets and scripts that pages name are there under their hashed names."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    # Only storages with hashed names have the list; in debug mode files are served as they are.
    if getattr(staticfiles_storage, "hashed_files", None) == {}:
        return ["chưa gom tệp tĩnh của trang web (pcmt collectstatic)"]
    return []
