"""Kinds, events, places and work in progress."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('plans', '0006_meetings_and_what_plans_carry_out'),
        ('tasks', '0009_decisions'),
        ('units', '0007_identifiers_and_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField()),
                ('at', models.DateTimeField()),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='units.unit')),
            ],
            options={
                'verbose_name': 'số liệu hoạt động cần tính lại',
            },
        ),
        migrations.CreateModel(
            name='Kind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, unique=True, verbose_name='mã')),
                ('noun', models.CharField(choices=[('event', 'Hoạt động'), ('place', 'Địa điểm')], max_length=10, verbose_name='loại')),
                ('label', models.CharField(max_length=200, verbose_name='tên')),
                ('group', models.CharField(max_length=120, verbose_name='nhóm')),
                ('order', models.PositiveIntegerField(default=0, verbose_name='thứ tự')),
                ('retired_on', models.DateField(blank=True, null=True, verbose_name='thôi dùng từ ngày')),
                ('version', models.PositiveIntegerField(default=1)),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='record_kinds', to='units.unit')),
            ],
            options={
                'verbose_name': 'loại nội dung ghi nhận',
                'ordering': ['order', 'label', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='KindVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='phiên bản')),
                ('body', models.JSONField()),
                ('state', models.CharField(choices=[('draft', 'Đang soạn'), ('in_use', 'Đang dùng'), ('ended', 'Không dùng nữa')], default='draft', max_length=10, verbose_name='tình trạng')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='thay đổi gì')),
                ('made_at', models.DateTimeField(verbose_name='lập lúc')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='dùng từ')),
                ('version', models.PositiveIntegerField(default=1)),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='activities.kind')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'phiên bản loại nội dung ghi nhận',
                'ordering': ['kind_id', '-number'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'number'), name='kind_version_once'), models.UniqueConstraint(condition=models.Q(('state', 'in_use')), fields=('kind',), name='kind_one_in_use'), models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('kind',), name='kind_one_draft')],
            },
        ),
        migrations.CreateModel(
            name='OfflineEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('entry', models.JSONField(default=dict)),
                ('reason', models.CharField(max_length=40)),
                ('at', models.DateTimeField(verbose_name='lúc')),
                ('state', models.CharField(choices=[('open', 'Chờ người xem'), ('kept', 'Đã ghi'), ('dropped', 'Đã bỏ')], default='open', max_length=10, verbose_name='tình trạng')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='xem lúc')),
                ('version', models.PositiveIntegerField(default=1)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.kind')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'hoạt động ghi ngoại tuyến cần xem',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RecordSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('name', models.CharField(max_length=255, verbose_name='tên tệp')),
                ('cells', models.JSONField(default=list)),
                ('columns', models.JSONField(default=dict)),
                ('outcome', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('preview', 'Đang xem trước'), ('done', 'Đã nhập'), ('dropped', 'Đã bỏ')], default='preview', max_length=10, verbose_name='tình trạng')),
                ('made_at', models.DateTimeField(verbose_name='lúc')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='hoàn tác lúc')),
                ('version', models.PositiveIntegerField(default=1)),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.kind')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'lần nhập hoạt động từ Excel',
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='KeptSince',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField(verbose_name='từ ngày')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.kind')),
            ],
            options={
                'verbose_name': 'đơn vị ghi nhật ký',
                'constraints': [models.UniqueConstraint(fields=('unit', 'kind'), name='kept_since_once')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('on', models.DateField(verbose_name='ngày')),
                ('until', models.DateField(blank=True, null=True, verbose_name='đến ngày')),
                ('time', models.TimeField(blank=True, null=True, verbose_name='giờ')),
                ('title', models.CharField(max_length=300, verbose_name='tên')),
                ('data', models.JSONField(default=dict)),
                ('where', models.CharField(blank=True, max_length=300, verbose_name='ở đâu')),
                ('lat', models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, verbose_name='vĩ độ')),
                ('lon', models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, verbose_name='kinh độ')),
                ('state', models.CharField(choices=[('waiting', 'Chờ xác minh'), ('entered', 'Đã ghi'), ('verified', 'Đã xác minh'), ('returned', 'Bị trả lại'), ('voided', 'Đã bỏ')], default='entered', max_length=10, verbose_name='tình trạng')),
                ('way', models.CharField(choices=[('page', 'Nhập trên trang'), ('phone', 'Nhập trên điện thoại'), ('offline', 'Nhập khi không có mạng'), ('grid', 'Nhập bảng'), ('sheet', 'Tệp Excel'), ('api', 'Phần mềm khác')], default='page', max_length=10, verbose_name='cách ghi')),
                ('made_at', models.DateTimeField(verbose_name='ghi lúc')),
                ('changed_at', models.DateTimeField(verbose_name='sửa lúc')),
                ('version', models.PositiveIntegerField(default=1)),
                ('area', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events_here', to='units.unit')),
                ('body', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='units.unit')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events_done', to='plans.plan')),
                ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='tasks.task')),
                ('kind', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='activities.kind')),
                ('kind_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.kindversion')),
            ],
            options={
                'verbose_name': 'hoạt động',
                'ordering': ['-on', '-pk'],
                'indexes': [models.Index(fields=['body', 'kind', 'on'], name='event_body_kind_on'), models.Index(fields=['body', '-on', '-id'], name='event_body_newest'), models.Index(fields=['area', '-on', '-id'], name='event_area_newest'), models.Index(fields=['kind', '-on', '-id'], name='event_kind_newest'), models.Index(condition=models.Q(('state', 'waiting')), fields=['body'], name='event_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('on')), _connector='OR'), name='event_days'), models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', True), ('lon__isnull', True)), models.Q(('lat__isnull', False), ('lon__isnull', False)), _connector='OR'), name='event_point_whole')],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('name', models.CharField(max_length=300, verbose_name='tên')),
                ('search_key', models.CharField(default='', editable=False, max_length=300)),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='ở đâu')),
                ('lat', models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, verbose_name='vĩ độ')),
                ('lon', models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, verbose_name='kinh độ')),
                ('data', models.JSONField(default=dict)),
                ('state', models.CharField(max_length=40, verbose_name='tình trạng')),
                ('from_on', models.DateField(verbose_name='từ ngày')),
                ('to_on', models.DateField(blank=True, null=True, verbose_name='đến trước ngày')),
                ('made_at', models.DateTimeField(verbose_name='ghi lúc')),
                ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='bỏ lúc')),
                ('version', models.PositiveIntegerField(default=1)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='units.unit')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places_kept', to='units.unit')),
                ('follows', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followers', to='activities.place')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='activities.kind')),
                ('kind_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.kindversion')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'địa điểm',
                'ordering': ['kind_id', 'search_key', 'pk'],
                'indexes': [models.Index(fields=['kind', 'area', 'state'], name='place_kind_area'), models.Index(fields=['body', 'kind'], name='place_body_kind')],
                'constraints': [models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gt', models.F('from_on')), _connector='OR'), name='place_window'), models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', True), ('lon__isnull', True)), models.Q(('lat__isnull', False), ('lon__isnull', False)), _connector='OR'), name='place_point_whole')],
            },
        ),
        migrations.CreateModel(
            name='EventStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('corrected', 'Sửa'), ('verified', 'Xác minh'), ('returned', 'Trả lại'), ('voided', 'Bỏ'), ('restored', 'Lấy lại')], max_length=10, verbose_name='việc')),
                ('words', models.CharField(blank=True, max_length=500, verbose_name='lý do')),
                ('before', models.JSONField(default=dict)),
                ('at', models.DateTimeField(verbose_name='lúc')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='activities.event')),
            ],
            options={
                'verbose_name': 'bước của hoạt động',
                'ordering': ['event_id', 'at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='EventPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='at_places', to='activities.event')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='at_events', to='activities.place')),
            ],
            options={
                'verbose_name': 'nơi diễn ra',
                'constraints': [models.UniqueConstraint(fields=('event', 'place'), name='event_place_once')],
            },
        ),
        migrations.CreateModel(
            name='PlaceSpell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=40, verbose_name='tình trạng')),
                ('from_on', models.DateField(verbose_name='từ ngày')),
                ('to_on', models.DateField(blank=True, null=True, verbose_name='đến trước ngày')),
                ('data', models.JSONField(default=dict)),
                ('words', models.CharField(blank=True, max_length=500, verbose_name='ghi chú')),
                ('made_at', models.DateTimeField(verbose_name='ghi lúc')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='place_spells', to='activities.event')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spells', to='activities.place')),
            ],
            options={
                'verbose_name': 'tình trạng của địa điểm',
                'ordering': ['place_id', 'from_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gt', models.F('from_on')), _connector='OR'), name='place_spell_window'), models.UniqueConstraint(fields=('place', 'from_on'), name='place_spell_once_a_day'), models.UniqueConstraint(condition=models.Q(('to_on__isnull', True)), fields=('place',), name='place_one_state_now')],
            },
        ),
        migrations.CreateModel(
            name='EventFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255, verbose_name='tên tệp')),
                ('sha256', models.CharField(max_length=64)),
                ('picture', models.BooleanField(default=False)),
                ('caption', models.CharField(blank=True, max_length=300, verbose_name='chú thích')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('made_at', models.DateTimeField(verbose_name='gửi lúc')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='activities.event')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='plans.sourcefile')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'minh chứng',
                'ordering': ['event_id', 'order', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('event', 'sha256'), name='event_file_once')],
            },
        ),
    ]
