"""Who owes what by when, in four views; one task; one due item with its progress."""

from django.urls import path

from pcmt.web.tasks import acts, batches, grid, handing_views, links, looking, reminding_views, views

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
    path("<int:due_id>/nhan-viec/", handing_views.take, name="take"),
    path("<int:due_id>/de-nghi-giao-lai/", handing_views.give_back, name="give-back"),
    path("<int:due_id>/tra-loi-giao-lai/", handing_views.answer, name="answer"),
    path("<int:due_id>/tra-loi-giao-lai/goi-y/", handing_views.suggest, name="answer-units"),
    path("<int:due_id>/phu-trach/", handing_views.hold, name="hold"),
    path("<int:due_id>/giao-xuong/", handing_views.down, name="hand-down"),
    path("<int:due_id>/phan-viec/", handing_views.part, name="part"),
    path("<int:due_id>/thu-hoi/", handing_views.back, name="take-back"),
    path("viec/<int:task_id>/lien-ket/", links.edit, name="links"),
    path("<int:due_id>/nghiem-thu/", acts.accept, name="accept"),
    path("<int:due_id>/tra-lai/", acts.send_back, name="send-back"),
    path("<int:due_id>/gia-han/", acts.ask_extension, name="ask-extension"),
    path("<int:due_id>/gia-han/quyet-dinh/", acts.decide_extension, name="decide-extension"),
    path("<int:due_id>/gia-han/rut/", acts.withdraw_extension, name="withdraw-extension"),
    path("<int:due_id>/tam-dung/", acts.suspend, name="suspend"),
    path("<int:due_id>/tiep-tuc/", acts.resume, name="resume"),
    path("<int:due_id>/huy/", acts.cancel, name="cancel"),
    path("<int:due_id>/khoi-phuc/", acts.restore, name="restore"),
    path("<int:due_id>/trao-doi/", acts.comment, name="comment"),
    path("<int:due_id>/da-nam/", reminding_views.note, name="note"),
    path("tep/<int:file_id>/", acts.note_file, name="file"),
    path("tep/<int:file_id>/anh-nho/", acts.thumbnail, name="thumbnail"),
]
