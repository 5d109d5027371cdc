"""Who owes what by when, in four views; one task; one due item with its progress."""

from django.urls import path

from pcmt.web.tasks import batches, grid, looking, views

app_name = "tasks"
urlpatterns = [
    path("", looking.owed, name="owed"),
    path("bang/", looking.board, name="board"),
    path("lich/", looking.calendar, name="calendar"),
    path("dong-thoi-gian/", looking.timeline, name="timeline"),
    path("bang-tinh.xlsx", views.owed_xlsx, name="owed-xlsx"),
    path("nhap/", grid.grid, name="grid"),
    path("nhap-tep/", batches.send, name="send"),
    path("loat/", batches.batches, name="batches"),
    path("loat/<int:batch_id>/", batches.batch, name="batch"),
    path("loat/<int:batch_id>/thuc-hien/", batches.carry, name="batch-carry"),
    path("loat/<int:batch_id>/hoan-tac/", batches.undo, name="batch-undo"),
    path("loat/<int:batch_id>/bo/", batches.withdraw, name="batch-withdraw"),
    path("loat/<int:batch_id>/da-kiem-tra.xlsx", batches.marked, name="batch-marked"),
    path("viec/<int:task_id>/", views.task, name="task"),
    path("<int:due_id>/", views.due, name="due"),
    path("<int:due_id>/tien-do/", views.progress, name="progress"),
    path("<int:due_id>/mo-lai/", views.reopen, name="reopen"),
    path("tep/<int:note_id>/", views.note_file, name="file"),
]
