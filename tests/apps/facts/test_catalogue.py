"""The catalogue is whole, and knows what the targets of the five plans and of the national programme measure."""

from __future__ import annotations

import pytest

from pcmt.apps.facts.catalogue import rules
from pcmt.apps.facts.catalogue import shipped as catalogue
from pcmt.core.measures import Nature, OverTime, Shape, check_catalogue, target_from
from pcmt.core.reading import read
from pcmt.core.text import fold
from pcmt.reference import kinds
from tests.core.reading.kit import SEEDS, TARGETS, read_plan

SHARE, COUNT = Shape.SHARE, Shape.LEVEL

# The national programme to 2030 (Resolution 163/2024/QH15, Decision 7619/QĐ-BCA), in words of our own.
NATIONAL = {
    "Số người nghiện và người sử dụng trái phép chất ma túy giảm hằng năm": "addicts_and_users",
    "Ít nhất 50% số xã, phường, đặc khu không ma túy vào năm 2030": "communes_drug_free_share",
    "Triệt xóa 100% điểm, tụ điểm phức tạp được phát hiện": "hot_spots_cleared_share",
    "Triệt phá 100% diện tích cây có chứa chất ma túy được phát hiện": "crop_destroyed_share",
    "Số vụ phát hiện trên tuyến biên giới tăng trên 3% mỗi năm": "cases_border",
    "Số vụ có tổ chức, xuyên quốc gia tăng trên 3% mỗi năm": "cases_organised",
    "Số vụ sử dụng không gian mạng tăng trên 5% mỗi năm": "cases_cyber",
    "Trên 80% đơn vị Bộ đội Biên phòng, Cảnh sát biển được trang bị phương tiện": "drug_units_equipped_share",
    "Trên 80% trạm y tế cấp xã đủ điều kiện xác định tình trạng nghiện": "health_stations_able_share",
    "100% cơ sở cai nghiện công lập đủ điều kiện xác định tình trạng nghiện": "rehab_centres_able_share",
}
OTHERS = {
    "Trên 85% hộ gia đình ký cam kết không liên quan đến ma túy": "households_pledged_share",
    "Đăng ít nhất 04 tin bài mỗi tháng trên mạng xã hội": "posts",
    "Phát 02 lượt/tuần trên loa truyền thanh của thôn": "broadcasts",
    "Tổ chức 03 phiên tòa xét xử lưu động": "mobile_trials",
    "Tỷ lệ tái nghiện dưới 25%": "relapse_share",
    "100% lượt xét nghiệm định kỳ được thực hiện": "tests_done_share",
    "Mở 02 lớp tập huấn cho cán bộ thôn": "trainings",
    "Điều trị Methadone cho 300 người": "methadone_people",
    "Giải ngân 95% kinh phí được giao": "budget_spent_share",
    "Không để hình thành điểm nóng về ma túy": "flashpoints_new",
}

# Of the five plans: the target as the reader gives it, and what it measures; in the order of their texts.
FIVE = {
    "000": ["cases_detected"],
    "001": [
        "officials_briefed_share", "communes_drug_free_share", "broadcasts", "risk_group_talks", "posts",
        "school_sessions", "outreach_sessions", "households_pledged_share", "models", "crop_places", "transit_events",
        "leads_verified_share", "addicts_with_file_share", "tests_done_share", "relapses", "users_with_file_share",
        "tests_positive", "psychosis_treated_share", "psychosis_outside", "addicts_and_users", "addicts_in_community",
        "post_rehab_with_file_share", "tests_done_share", "post_rehab_helped_share",
    ],
    "002": [
        "cases_detected", "wrongful_cases", "leads_verified_share", "places_reached_share", "addicts",
        "communes_directed_share", "key_areas_reduced", "hot_spots_cleared_share", "rehab_share",
        "rehab_success_share", "rehab_centre_trained_share", "rehab_home_trained_share", "loans", "methadone_people",
        "buprenorphine_people", "production_found", "crop_places", "crop_destroyed_share",
    ],
    "003": [
        "communes_relapsed", "communes_with_drugs", "key_areas_reduced", "places_reached_share",
        "risk_people_reached_share", "care_share", "detained_rehab_share", "cases_detected", "flashpoints_new",
        "models", "crop_places", "crop_destroyed_share", "production_found",
    ],
    "004": [
        "communes_without_drugs", "addicts", "care_share", "cases_detected", "cases_solved_share",
        "leads_verified_share", "hot_spots_cleared", "hot_spots_new", "flashpoints_cleared_share",
        "places_reached_share", "media_products", "precursors_controlled_share", "crop_places",
    ],
}  # fmt: skip


def test_the_catalogue_is_whole() -> None:
    whole = catalogue()
    assert check_catalogue(whole) == ()
    used = {code for indicator in whole.indicators.values() for code in (*indicator.counted, *indicator.whole)}
    moves = {code for balance in rules().balances for code in (*balance.plus, *balance.minus)}
    told = {code for ready in kinds().values() for code in ready.schema.elements}
    assert set(whole.elements) == used | moves | told  # nothing is asked for that nothing reads or tells
    for element in whole.elements.values():
        assert (element.over_time is OverTime.SUM) == (element.nature is Nature.FLOW)


@pytest.mark.parametrize("phrase", [*NATIONAL, *OTHERS])
def test_what_a_phrase_measures(phrase: str) -> None:
    found = read_plan(TARGETS, f"- {phrase}.")["targets"]
    shape = target_from(found[0]).shape if found else None
    bound = catalogue().bind(phrase, shape=shape)
    assert bound
    assert bound[0].indicator.code == (NATIONAL | OTHERS)[phrase], [each.indicator.code for each in bound]
    assert all(each in fold(phrase) for each in bound[0].phrases)  # it shows the words that it matched


@pytest.mark.parametrize("number", FIVE)
def test_what_the_five_plans_measure(number: str) -> None:
    paths = sorted(SEEDS.glob(f"{number}_*.txt"))
    if not paths:
        pytest.skip("the five real plans are not beside this repository")
    text = paths[0].read_text(encoding="utf-8")
    reading = read(text)
    clauses = {clause["id"]: clause for clause in reading["outline"]}
    found = []
    for target in reading["targets"]:
        start, end = target["span"]
        begin, stop = clauses[target["clause"]]["span"]
        begin = max(begin, *(text.rfind(mark, begin, start) + 1 for mark in (";", ". ")))
        stop = min([stop, *(at for mark in (";", ". ") if (at := text.find(mark, end, stop)) >= 0)])
        bound = catalogue().bind(target["text"], text[begin:stop], target_from(target).shape)
        found.append(bound[0].indicator.code if bound else "")
    assert found == FIVE[number]


def test_a_share_is_not_measured_by_a_count() -> None:
    words = "100% người nghiện tham gia điều trị methadone được lập hồ sơ"
    assert catalogue().bind(words, shape=SHARE)[0].indicator.code == "addicts_with_file_share"
    assert catalogue().bind(words, shape=COUNT)[0].indicator.code == "methadone_people"


def test_words_that_mean_nothing_known_are_bound_to_nothing() -> None:
    assert catalogue().bind("Trồng mới 12,5 ha cây ăn quả") == ()
