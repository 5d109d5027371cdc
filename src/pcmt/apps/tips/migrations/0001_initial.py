"""Tip-offs, who sent them, and what was done."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('units', '0007_identifiers_and_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='số')),
                ('receipt', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('channel', models.CharField(choices=[('web', 'Trang tố giác'), ('box', 'Hòm thư tố giác'), ('phone', 'Điện thoại'), ('vneid', 'VNeID'), ('direct', 'Trực tiếp'), ('letter', 'Đơn thư')], max_length=10, verbose_name='kênh')),
                ('topic', models.CharField(max_length=40, verbose_name='về việc')),
                ('sealed', models.BinaryField(blank=True, null=True)),
                ('key_id', models.CharField(blank=True, max_length=20)),
                ('received_on', models.DateField(verbose_name='ngày tiếp nhận')),
                ('state', models.CharField(choices=[('received', 'Đã tiếp nhận'), ('verifying', 'Đang xác minh'), ('settled', 'Đã giải quyết'), ('passed_on', 'Đã chuyển cơ quan khác')], default='received', max_length=10, verbose_name='tình trạng')),
                ('state_on', models.DateField(verbose_name='từ ngày')),
                ('complex', models.BooleanField(default=False, verbose_name='vụ việc phức tạp')),
                ('due_on', models.DateField(verbose_name='hạn giải quyết')),
                ('original_due_on', models.DateField(verbose_name='hạn ban đầu')),
                ('outcome', models.CharField(blank=True, choices=[('confirmed', 'Đúng'), ('partly', 'Đúng một phần'), ('unfounded', 'Không đúng'), ('no_grounds', 'Không đủ cơ sở xác minh')], max_length=10, verbose_name='kết quả')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='xong ngày')),
                ('place_id', models.BigIntegerField(blank=True, null=True)),
                ('hold', models.CharField(blank=True, max_length=300, verbose_name='lý do giữ lại')),
                ('purge_on', models.DateField(blank=True, null=True, verbose_name='xóa nội dung ngày')),
                ('purged_on', models.DateField(blank=True, null=True, verbose_name='đã xóa nội dung ngày')),
                ('version', models.PositiveIntegerField(default=1)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('held_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('same_as', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeated', to='tips.tip')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tips', to='units.unit')),
            ],
            options={
                'verbose_name': 'tin báo',
                'ordering': ['due_on', 'number'],
                'indexes': [models.Index(fields=['team', 'state', 'due_on'], name='tip_team_due'), models.Index(fields=['area', 'received_on'], name='tip_area_received')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('received', 'verifying')), ('closed_on__isnull', False), _connector='OR'), name='tip_closed_has_day'), models.CheckConstraint(condition=models.Q(('purged_on__isnull', True), ('sealed__isnull', True), _connector='OR'), name='tip_purged_holds_nothing')],
            },
        ),
        migrations.CreateModel(
            name='TipMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField()),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='units.unit')),
            ],
            options={
                'verbose_name': 'số liệu tin báo cần tính lại',
            },
        ),
        migrations.CreateModel(
            name='TipTeam',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='điện thoại tiếp nhận')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='từ ngày')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến trước ngày')),
                ('version', models.PositiveIntegerField(default=1)),
                ('above', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tip_teams', to='units.unit')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tip_areas', to='units.unit')),
            ],
            options={
                'verbose_name': 'nơi tiếp nhận tin báo',
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('area',), name='tip_team_one_open'), models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='tip_team_window')],
            },
        ),
        migrations.CreateModel(
            name='IdentityAsk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='hỏi lúc')),
                ('reason', models.CharField(max_length=500, verbose_name='lý do')),
                ('state', models.CharField(choices=[('open', 'Chờ người giữ danh tính'), ('released', 'Đã cho xem'), ('refused', 'Không cho xem')], default='open', max_length=10, verbose_name='tình trạng')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='quyết định lúc')),
                ('words', models.CharField(blank=True, max_length=500, verbose_name='căn cứ')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='xem được đến')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='xem lúc')),
                ('version', models.PositiveIntegerField(default=1)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tip', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks', to='tips.tip')),
            ],
            options={
                'verbose_name': 'đề nghị xem danh tính người báo tin',
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='identity_ask_by_two'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('tip', 'asked_by'), name='identity_ask_one_open')],
            },
        ),
        migrations.CreateModel(
            name='TipIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField()),
                ('key_id', models.CharField(max_length=20)),
                ('tip', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='identity', to='tips.tip')),
            ],
            options={
                'verbose_name': 'người báo tin',
            },
        ),
        migrations.CreateModel(
            name='TipMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('on', models.DateField(verbose_name='ngày')),
                ('order', models.PositiveIntegerField(default=0)),
                ('sealed', models.BinaryField(blank=True, null=True)),
                ('key_id', models.CharField(blank=True, max_length=20)),
                ('read', models.BooleanField(default=False)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tip', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='tips.tip')),
            ],
            options={
                'verbose_name': 'trao đổi với người báo tin',
                'ordering': ['tip_id', 'order', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('tip', 'order'), name='tip_message_once')],
            },
        ),
        migrations.CreateModel(
            name='TipNamed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tip', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='named', to='tips.tip')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
            ],
            options={
                'verbose_name': 'đơn vị bị nêu trong tin báo',
                'constraints': [models.UniqueConstraint(fields=('tip', 'unit'), name='tip_named_once')],
            },
        ),
        migrations.CreateModel(
            name='TipStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('received', 'Tiếp nhận'), ('taken', 'Nhận xử lý'), ('handed', 'Bàn giao'), ('verifying', 'Xác minh'), ('extended', 'Gia hạn'), ('named', 'Có đơn vị bị nêu tên'), ('moved', 'Chuyển nơi tiếp nhận'), ('settled', 'Giải quyết xong'), ('passed_on', 'Chuyển cơ quan khác'), ('reopened', 'Mở lại'), ('joined', 'Nhập với tin khác'), ('held', 'Giữ lại, chưa xóa'), ('freed', 'Thôi giữ lại'), ('purged', 'Xóa nội dung')], max_length=10, verbose_name='việc')),
                ('on', models.DateField(verbose_name='ngày')),
                ('order', models.PositiveIntegerField(default=0)),
                ('sealed', models.BinaryField(blank=True, null=True)),
                ('key_id', models.CharField(blank=True, max_length=20)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tip', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='tips.tip')),
                ('to_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
            ],
            options={
                'verbose_name': 'bước xử lý tin báo',
                'ordering': ['tip_id', 'order', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('tip', 'order'), name='tip_step_once')],
            },
        ),
        migrations.CreateModel(
            name='TipFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('media_type', models.CharField(max_length=40)),
                ('sealed', models.BinaryField()),
                ('key_id', models.CharField(max_length=20)),
                ('tip', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='tips.tip')),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='tips.tipmessage')),
            ],
            options={
                'verbose_name': 'ảnh kèm tin báo',
                'ordering': ['tip_id', 'order', 'pk'],
            },
        ),
    ]
