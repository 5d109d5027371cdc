"""Packets as JSON and XML: what is written is read again, and what is hostile or broken is refused by its place."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.documents.packets import FORMATS, MAX_BYTES, Packet, Packets, read_packets, safe, write_packet, write_zip
from pcmt.documents.values import Unreadable
from pcmt.reference import FieldKind, PacketField, qcvn125

LAYOUT = qcvn125()
AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
TEXTS = st.text(max_size=12).map(safe)
SCALARS: dict[FieldKind, st.SearchStrategy[Any]] = {
    FieldKind.TEXT: TEXTS,
    FieldKind.INTEGER: st.integers(-(10**9), 10**9),
    FieldKind.NUMBER: st.decimals(-(10**12), 10**12, places=4),
    FieldKind.DAY: st.dates(),
    FieldKind.MOMENT: st.datetimes(timezones=st.just(UTC)),
    FieldKind.FLAG: st.booleans(),
}


def rows(fields: tuple[PacketField, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Any row of these fields."""
    found: dict[str, st.SearchStrategy[Any]] = {}
    for each in fields:
        if each.kind is FieldKind.OBJECT:
            value = rows(each.fields)
        elif each.kind is FieldKind.LIST:
            inside = rows(each.fields) if each.fields else TEXTS
            found[each.name] = st.lists(inside, max_size=2).map(tuple)
            continue
        else:
            value = SCALARS[each.kind]
        found[each.name] = value if each.required else st.none() | value
    return st.fixed_dictionaries(found)


def packets() -> st.SearchStrategy[Packet]:
    kinds = st.sampled_from(list(LAYOUT.types.values()))
    return kinds.flatmap(
        lambda kind: st.builds(
            Packet, st.just(kind.name), st.lists(rows(kind.fields), max_size=2).map(tuple), st.just(AT), TEXTS
        )
    )


@given(packets())
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_again(packet: Packet) -> None:
    for form in FORMATS:
        found = read_packets(f"x.{form}", write_packet(packet, form))
        assert isinstance(found, Packets)
        assert found.faults == ()
        assert found.packets == (packet,)


def test_the_thirteen_packets_and_their_words() -> None:
    assert len(LAYOUT.types) == 13
    assert len({each.tag for each in LAYOUT.types.values()}) == 13
    for kind in LAYOUT.types.values():
        assert set(kind.key) <= {each.name for each in kind.fields}, kind.name

        def check(fields: tuple[PacketField, ...]) -> None:
            assert len({each.tag for each in fields}) == len(fields) == len({each.name for each in fields})
            for each in fields:
                assert each.fields or each.kind is not FieldKind.OBJECT
                check(each.fields)

        check(kind.fields)


def breakdown(code: str = "sex") -> Packet:
    options = ({"code": "male", "name": "Nam"}, {"code": "female", "name": "Nữ"})
    row = {"code": code, "name": "Giới tính", "exclusive": True, "options": options}
    return Packet("indicator_breakdowns", (row,), AT, "Công an tỉnh An Bình")


def test_a_zip_holds_a_file_for_each_and_is_always_the_same() -> None:
    asked = [breakdown(), Packet("regimes", (), AT, "")]
    data = write_zip(asked, "xml")
    assert data == write_zip(asked, "xml")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["12-DanhSachPhanToChiTieu.xml", "01-CheDoBaoCao.xml"]
    found = read_packets("goi.zip", data)
    assert isinstance(found, Packets)
    assert [each.name for each in found.packets] == ["regimes", "indicator_breakdowns"]


def test_wrong_rows_are_named_by_their_line_and_the_others_taken() -> None:
    good = write_packet(breakdown(), "xml").decode()
    bad = good.replace("<BanGhi>", "\n<BanGhi><Sai>1</Sai></BanGhi>\n<BanGhi><Ma>x</Ma></BanGhi>\n<BanGhi>", 1)
    found = read_packets("a.xml", bad.encode())
    assert isinstance(found, Packets)
    assert [(each.place, each.message) for each in found.faults] == [
        ("a.xml, dòng 3", "Danh sách phân tổ chỉ tiêu: không có trường “Sai” trong bảng ánh xạ (dòng 3)."),
        ("a.xml, dòng 4", "Danh sách phân tổ chỉ tiêu: thiếu “Ten”."),
    ]
    assert found.packets[0].rows == breakdown().rows
    assert found.packets[0].place(0) == "a.xml, dòng 5"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("GiaTri", "1e999", "không đọc được"),
        ("GiaTri", "9" * 30, "không đọc được"),
        ("GiaTri", "NaN", "không đọc được"),
        ("GiaTri", ["1"], "không phải một giá trị đơn"),
        ("TuNgay", "2026-02-30", "không đọc được"),
        ("ApDung", "có", "không đọc được"),
        ("DonVi", "xã", "không phải một đối tượng"),
        ("MaChiTieu", None, "thiếu"),
    ],
)
def test_wrong_values(field: str, value: Any, said: str) -> None:
    row = {"MaChiTieu": "a", "DonVi": {"Ten": "Xã"}, "TuNgay": "2026-01-01", "DenNgay": "2026-01-31", "GiaTri": "3"}
    file = {"phienBan": "1", "loaiGoi": "SoLieuKPI", "banGhi": [row, {**row, field: value}]}
    found = read_packets("a.json", json.dumps(file).encode())
    assert isinstance(found, Packets)
    (packet,) = found.packets
    assert packet.rows[0]["value"] == Decimal(3)
    assert packet.rows[0]["last"] == date(2026, 1, 31)
    (fault,) = found.faults
    assert fault.place == "a.json, bản ghi 2"
    assert said in fault.message


BOMB = '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<GoiTin>&b;</GoiTin>'
REACHES = '<!DOCTYPE x SYSTEM "file:///etc/passwd">\n<GoiTin/>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB.encode(), "xml_entities"),
        (REACHES.encode(), "xml_entities"),
        (b"<GoiTin>" * 5000, "damaged"),
        (b"<GoiTin", "damaged"),
        (b"PK\x03\x04 broken", "damaged"),
        (b" " * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_hostile_files_are_refused(data: bytes, code: str) -> None:
    found = read_packets("x.xml", data)
    assert isinstance(found, Unreadable)
    assert found.code == code


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[" * 100_000, "JSON hay XML"),
        (b'{"a":' + b"[" * 100_000, "JSON đúng quy cách"),
        (b'{"a": NaN}', "JSON đúng quy cách"),
        (b'{"loaiGoi": "KhongCo"}', "KhongCo"),
        (b'{"loaiGoi": "SoLieuKPI", "phienBan": "9"}', "Phiên bản"),
        (b'{"loaiGoi": "SoLieuKPI", "phienBan": "1"}', "banGhi"),
        ("<GoiTin/>".encode("utf-16"), "JSON hay XML"),
        (b"<Khac/>", "Phần tử gốc"),
        (b"hello", "JSON hay XML"),
    ],
)
def test_what_is_no_packet_is_named(data: bytes, said: str) -> None:
    found = read_packets("x", data)
    assert isinstance(found, Packets)
    assert found.packets == ()
    assert said in found.faults[0].message
