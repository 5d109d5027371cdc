"""The words by which the reader knows a plan: plain data and patterns, by shape and trade, never by document.

Every pattern runs over canonical text (lower case, single kind of blank and dash, marks in one place); a blank in the
source of a pattern stands for any run of blanks. Patterns are written with marks and serve bare texts too.
"""

from __future__ import annotations

import re

from pcmt.core.reading.source import Pattern

_BLANK = re.compile(r"\[[^\]]*\]|\(\?<[=!](?:\\.|\[[^\]]*\]|[^()])*\)| [?*+]| ")


# runs of blanks are bounded, so that a page of blanks costs no more than its length
_RUNS = {" ": " {1,60}", " ?": " {0,60}", " *": " {0,60}"}


def phrase(source: str, needs: str = "") -> Pattern:
    """A pattern in which a blank matches any run of blanks (a line break inside a phrase is a blank).

    " ?" is a run that may be missing; blanks in character classes and look-behinds stand for themselves. `needs` are
    words parted by bars, one of which stands in every match: they spare the search where none does.
    """
    listed = tuple(needs.split("|")) if needs else ()
    return Pattern(_BLANK.sub(lambda part: _RUNS.get(part[0], part[0]), source), listed)


def words(listed: str) -> tuple[str, ...]:
    """A word list kept in one string, the words parted by bars."""
    return tuple(listed.split("|"))


def _any(words: tuple[str, ...]) -> str:
    """The alternatives of a pattern, longest first so that none hides a longer one."""
    return "|".join(sorted(words, key=len, reverse=True))


# ---- sections ------------------------------------------------------------------------------------------------------
# (role, words of the heading), the first that fits wins; order matters: "phân công nhiệm vụ" is an assignment
SECTION_ROLES: tuple[tuple[str, Pattern], ...] = tuple(
    (role, phrase(source))
    for role, source in (
        ("appendix", r"^phụ lục\b"),
        ("targets", r"mục tiêu cụ thể|các mục tiêu chính|\bchỉ tiêu\b(?! kinh tế)"),
        ("aims", r"mục tiêu"),
        (
            "reporting",
            (
                r"chế độ (?:thông tin|báo cáo)|(?:thông tin|công tác|chế độ|thời gian|thời hạn),? báo cáo|"
                r"^báo cáo\b|sơ kết, tổng kết|báo cáo, (?:sơ|đánh giá|thống kê)"
            ),
        ),
        ("assignment", r"phân công|trách nhiệm (?:của|thực hiện|các|cụ thể)|^trách nhiệm|giao nhiệm vụ"),
        (
            "funding",
            (
                r"^(?:dự toán |nguồn )?kinh phí|^ngân sách|^nguồn (?:lực|vốn)|^cơ chế tài chính|"
                r"^điều kiện (?:bảo đảm|đảm bảo)|kinh phí (?:thực hiện|bảo đảm|đảm bảo)"
            ),
        ),
        ("implementation", r"tổ chức thực hiện|tổ chức triển khai|triển khai thực hiện$|điều khoản thi hành"),
        ("purpose", r"mục đích|^yêu cầu|quan điểm|ý nghĩa|^căn cứ|cơ sở pháp lý|phương châm|nguyên tắc"),
        (
            "situation",
            (
                r"(?:đánh giá|đặc điểm|khái quát)[^:]{0,40}tình hình|^tình hình|thực trạng|bối cảnh|^kết quả|"
                r"tồn tại, hạn chế|sự cần thiết|^đặc điểm|^khó khăn|^hạn chế"
            ),
        ),
        ("solutions", r"giải pháp|biện pháp"),
        ("tasks", r"nhiệm vụ|nội dung|hoạt động|công việc|công tác trọng tâm"),
        (
            "other",
            r"phạm vi|đối tượng|^chủ đề|^thời gian|^địa điểm|^thời hạn|^khen thưởng|thành phần|^lộ trình|^tiến độ",
        ),
    )
)
# headings that say when and where the plan runs
TIME_HEADING = phrase(r"thời gian|thời hạn|lộ trình|tiến độ")

ZONE_LEAD = phrase(  # "Một số chỉ tiêu công tác tuyên truyền:", "Các chỉ tiêu đề ra là", "Giao chỉ tiêu ..."
    r"(?:phấn đấu |thực hiện )?(?:đạt |giao |hoàn thành )?(?:một số|các|những|hệ thống)? ?(?:mục tiêu, )?"
    r"(?:chỉ tiêu|mục tiêu cụ thể)\b"
)

# ---- verbs of government -------------------------------------------------------------------------------------------
LEAD = phrase(r"(?:trực tiếp |chịu trách nhiệm |có trách nhiệm )?(?:là )?chủ trì\b")
COORDINATE = phrase(
    r"(?:(?:tăng cường|đẩy mạnh|chủ động|tích cực|thường xuyên|tiếp tục|có trách nhiệm) )?(?:phối hợp|phối, kết hợp)\b|"
    r"(?:tích cực |chủ động )?tham gia\b"
)
ADVISE = phrase(r"\btham mưu\b", needs="mưu")
# words that open what somebody has to do; longest first where one begins another
VERBS = words(
    "chịu trách nhiệm|có trách nhiệm|có nhiệm vụ|chủ trì|phối hợp|phối, kết hợp|chủ động|tích cực|tham mưu|"
    "tham gia|chỉ đạo|căn cứ|tổ chức|triển khai|tăng cường|đẩy mạnh|thực hiện|tiếp tục|xây dựng|hướng dẫn|đôn đốc|"
    "rà soát|bố trí|đề xuất|kiểm tra|theo dõi|tuyên truyền|vận động|quán triệt|nâng cao|quản lý|giám sát|"
    "thường xuyên|kịp thời|phát huy|phát động|trực tiếp|tập trung|nghiên cứu|thành lập|duy trì|lập|cử|giúp|"
    "là cơ quan|là đơn vị|là đầu mối|làm|tổng hợp|báo cáo|gửi|ban hành|phân công|huy động|đưa|mở|treo|đảm bảo|"
    "bảo đảm|ưu tiên|cân đối|thẩm định|trên cơ sở|theo chức năng|tùy theo|dựa trên|khẩn trương|nghiêm túc|xem xét|"
    "cung cấp|lồng ghép|phổ biến|giáo dục|nắm|tiến hành|kiện toàn|củng cố|tạo điều kiện|hỗ trợ|giao|phát hiện|"
    "lựa chọn|đổi mới|đa dạng|biên soạn|xử lý|ký|đăng ký|tiếp nhận|cập nhật|rút kinh nghiệm|kết nối|ứng dụng|"
    "thống kê|vận hành|công khai|bảo vệ|chuẩn bị|tập huấn|bồi dưỡng|đào tạo|khảo sát|phát|đánh giá|đề nghị|yêu cầu|"
    "quan tâm|chú trọng|tập hợp|thông báo|khuyến khích|thu thập|ngăn chặn|đấu tranh|phòng ngừa|sử dụng|khai thác|"
    "chấp hành|tạo|viết|đăng|in|cấp|trình|rút|gắn|đề ra|phụ trách|tự|hoàn thành|đi đầu|nêu|chia sẻ|thường trực|"
    "liên hệ|kêu gọi|giải quyết|truy quét|mua sắm|trang bị|lắp đặt|tuần tra|kiểm soát|phân bổ|chi|điều tra|truy tố|"
    "xét xử|điều tiết|phân luồng|mời|giới thiệu|bám sát|nhân rộng|biểu dương|khen thưởng|cam kết|phát sóng|dành|"
    "ghi hình|niêm yết|cụ thể hóa|cụ thể|trích|tặng|thăm|gọi hỏi|cảnh báo|răn đe|xác lập|mở thêm|dựng|lưu hồ sơ|"
    "tổng kiểm tra|chấm điểm|phản ánh|kéo dài|dạy|chọn|công bố|đẩy nhanh|phản hồi|cho|chuyển|thu|rút ngắn|diễn tập|"
    "có kế hoạch|có văn bản|có biện pháp|có giải pháp|có hình thức|phải|cần|sẽ|tiếp cận|gặp gỡ|động viên|tư vấn|"
    "chăm sóc|cảm hóa|định hướng|kiến nghị|tiêu hủy|triệt phá|triệt xóa|xóa bỏ|hạn chế"
)
VERB = phrase(r"(?<![\w/])(?:" + _any(VERBS) + r")(?!\w)")
# verbs that may also stand inside a name ("Cục Quản lý thị trường", "Ban Tổ chức", "Sở Xây dựng", "Ủy ban Kiểm tra")
NAME_VERBS = frozenset(
    words(
        "tổ chức|xây dựng|quản lý|kiểm tra|giáo dục|tuyên truyền|bảo vệ|đào tạo|giám sát|vận động|nghiên cứu|"
        "ứng dụng|điều tra|kiểm soát|thống kê|in|cấp|phát|mở|lập|chi|hỗ trợ|tư vấn|bồi dưỡng|thường trực|tiếp nhận|"
        "giải quyết|phụ trách|phòng ngừa|đấu tranh|xét xử|ký|cử|nắm|tạo|truy tố|chăm sóc|thường xuyên|thực hiện|tự|"
        "đánh giá|khai thác|tập hợp|đưa|làm|trình|phải|cần|tham mưu"
    )
)

# ---- agencies ------------------------------------------------------------------------------------------------------
LEVELS = (
    "thành phố|thị trấn|thị xã|đặc khu|tỉnh|huyện|quận|phường|xã(?! hội)|khu vực|trung ương|quốc gia|cơ sở|"
    "thành|thị|tp|tx"
)
# first words of an agency's name
HEADS = words(
    "công an|bộ chỉ huy|ban chỉ huy|bộ tư lệnh|btl|bộ đội biên phòng|đồn biên phòng|đoàn biên phòng|hải đội|"
    "hải đoàn|chi cục|cục|tổng cục|vụ|viện kiểm sát|viện ks|vks|viện|tòa án|tand|vksnd|phòng|sở|ban|bộ|trung tâm|"
    "văn phòng|vp|ủy ban|ub|ubnd|hđnd|hội đồng|ubmttq|mttq|mặt trận|hội|đoàn thanh niên|đoàn tncs|tỉnh đoàn|"
    "thành đoàn|huyện đoàn|quận đoàn|thị đoàn|đoàn xã|đoàn phường|đoàn trường|đoàn|liên đoàn|liên minh|công đoàn|"
    "trường|nhà trường|trạm|công chức|cán bộ|đội|tổ|ban chỉ đạo|bcđ|tiểu ban|tổ công tác|tổ giúp việc|đài|báo|"
    "kho bạc|ngân hàng|bảo hiểm|bhxh|thanh tra|chi bộ|đảng ủy|thành ủy|tỉnh ủy|huyện ủy|thị ủy|quận ủy|đảng bộ|"
    "thường trực|ban thường vụ|ban chấp hành|thủ trưởng|người đứng đầu|chủ tịch|phó chủ tịch|bí thư|hiệu trưởng|"
    "ban giám hiệu|bgh|giáo viên|gvcn|chi đoàn|liên đội|bệnh viện|cơ sở|lực lượng|cấp ủy|chính quyền|thuế|cơ quan|"
    "điện lực|bưu điện|công ty|doanh nghiệp|hợp tác xã|trưởng|thôn|tổ dân phố|khu phố|khu dân cư|khóm|ấp|bản|buôn|"
    "làng|tổng liên đoàn|quỹ|học viện|đại học|cao đẳng|tổ chuyên môn|đại diện|ban quản lý|quân sự|hạt kiểm lâm|"
    "kiểm lâm|hải quan|biên phòng|cảnh sát|các|mỗi|toàn thể|bộ phận|chuyên viên|phụ trách|y tế|nhân viên|hạt|"
    "quân khu|vùng|học sinh|phụ huynh|cha mẹ học sinh|tổng phụ trách|trại|chánh văn phòng|lãnh đạo|chủ nhiệm|"
    "đơn vị|thành viên|tòa|viện trưởng|chánh án|giám đốc|địa phương|catx|tttt|trung ương đoàn|trung ương hội|"
    "tỉnh hội|thành hội|huyện hội|xã hội đoàn|ban đại diện cha mẹ học sinh|thủ tướng|chính phủ|quốc hội|hệ thống|"
    "bảo hiểm xã hội|ngân hàng chính sách xã hội|ban an toàn giao thông|bệnh xá|nhà văn hóa|nhà thiếu nhi|"
    "cổng thông tin|khối|cụm|chi hội|chi cục trưởng|trường học|gia đình|người dân|tổng công ty|chi nhánh|thư viện|"
    "bảo tàng|nhà máy|ban nhân dân|khu quản lý|cấp xã|cấp huyện|chỉ huy|đảng viên|tiểu khu trưởng|già làng|"
    "ban chấp hành|hội đồng đội|quản lý thị trường|ca xã|ca phường|ca huyện|ca tỉnh|ca thị xã|ca thành phố|ca tp|đtn|"
    "hpn|hnd|hccb|lhpn|bchqs"
)
HEAD = phrase(
    r"(?!phòng(?: ngừa|,? chống| bệnh| cháy| độc| tránh)|ban hành|hội (?:nghị|thảo|thi|nhập|họp)|bộ máy|cục bộ|"
    r"vụ (?:việc|án|vi phạm)|sở hữu|báo (?:cáo|động|tin|ngay|kịp thời|cho|về|trước)|cơ sở "
    r"(?:vật chất|dữ liệu|pháp lý)|đội (?:ngũ|hình)|viện trợ|trường hợp|bản (?:cam kết|đồ|thân|tin)|tổ chức (?!chính|"
    r"đoàn|xã|thành viên|hội|đảng|công đoàn|liên|có|,|và)|vùng (?!\d|cảnh)|"
    r"trại (?!tạm|giam|giáo)|đài tưởng|thôn tính|ấp ủ|lớp|đoàn kết|khối (?:lượng|đại)|các (?:hoạt động|nội dung|"
    r"biện pháp|giải pháp|hình thức|văn bản|nhiệm vụ|mô hình|chỉ tiêu|quy định|điểm|"
    r"tụ điểm|vụ|loại|đối tượng|hành vi|chương trình|dự án|kế hoạch|chính sách|công trình|trường hợp|mục tiêu|tuyến|"
    r"địa bàn|phong trào|đợt|cuộc|buổi|bài|tin|sản phẩm|điều kiện|dịch vụ|"
    r"chủ trương|ngày|tiêu chí|kết quả|vấn đề|nguồn|mặt|khâu|vi phạm|tội|tệ nạn|đường dây|ổ nhóm|chất|hội thi|"
    r"cuộc thi|lễ|quán|hộ|khoản|điển hình|thông tin|yêu cầu|hệ thống|công cụ|kênh))"
    r"(?:" + _any(HEADS) + r")(?!\w)"
)
# words that make a run "các phòng, ban, ngành, đoàn thể" one body
CLASS_WORDS = words(
    "sở|ban|ngành|phòng|đơn vị|địa phương|đoàn thể|cơ quan|tổ chức|hội|xã|phường|thị trấn|huyện|quận|thành phố|"
    "thị xã|thành|thị|đặc khu|thôn|ấp|khóm|bản|buôn|làng|khu phố|tổ dân phố|khu dân cư|trường|lực lượng|cấp|"
    "hội đoàn thể|tổ chức chính trị|tổ chức chính trị - xã hội|tổ chức chính trị xã hội|doanh nghiệp|"
    "cơ sở giáo dục|trường học|tổ chuyên môn|tổ|lớp|bộ phận|chi đoàn|chi hội|chi bộ|khối|cụm|tổ chức thành viên|"
    "tổ chức xã hội|tổ chức đoàn thể|công ty|đội|trạm|chính quyền|cấp ủy|đảng viên|công chức|viên chức|hợp tác xã|"
    "cá nhân|tập thể|ngành chức năng|ban ngành|đảng bộ|chi bộ trực thuộc|tiểu khu|mttq|ủy ban mttq|mặt trận|"
    "trung tâm|bưu điện|cơ sở"
)
CLASS_RUN = phrase(
    r"(?:các |những )?(?:" + _any(CLASS_WORDS) + r")(?!\w)"
    r"(?:(?:,| và|;|-| &) ?(?:các )?(?:" + _any(CLASS_WORDS) + r")(?!\w))*"
)
# full names that contain commas, "và" or verbs, so that a run-in text ends them rightly
FIELD_NAMES = words(
    "lao động - thương binh và xã hội|lao động, thương binh và xã hội|lao động thương binh và xã hội|lđtbxh|"
    "lđ-tb&xh|giáo dục và đào tạo|giáo dục - đào tạo|gd&đt|gd-đt|văn hóa, thể thao và du lịch|"
    "văn hóa, thể thao, du lịch|văn hóa - thể thao và du lịch|vh, tt&dl|vhttdl|vh, tt và tt|văn hóa và thể thao|"
    "văn hóa, thể thao và truyền thông|văn hóa - thể thao|văn hóa - thông tin|văn hóa, thông tin và thể thao|"
    "văn hóa, thông tin|văn hóa và thông tin|văn hóa - xã hội|văn hóa xã hội|văn hóa, khoa học và thông tin|"
    "văn hóa thông tin|văn hóa, thể thao và thông tin|thông tin và truyền thông|thông tin - truyền thông|tt&tt|"
    "tài chính - kế hoạch|tài chính - kế toán|tài chính|kế hoạch và đầu tư|kế hoạch - tài chính|"
    "nông nghiệp và phát triển nông thôn|nn&ptnt|nông nghiệp và môi trường|nông nghiệp và ptnt|công thương|"
    "tư pháp - hộ tịch|tư pháp|ngoại vụ|nội vụ|khoa học và công nghệ|xây dựng|giao thông vận tải|"
    "tài nguyên và môi trường|tn&mt|dân tộc và tôn giáo|dân tộc|tôn giáo|du lịch|y tế|quốc phòng|công an|kinh tế|"
    "kinh tế - hạ tầng|kinh tế, hạ tầng và đô thị|quản lý đô thị|quản lý thị trường|kinh tế - hạ tầng và đô thị|"
    "kinh tế và hạ tầng|hạ tầng và đô thị|phục vụ hành chính công|hành chính công|"
    "giáo dục nghề nghiệp - giáo dục thường xuyên|giáo dục nghề nghiệp|giáo dục thường xuyên|dịch vụ tổng hợp|"
    "tổ chức|phát thanh - truyền hình|phát thanh và truyền hình|phát thanh truyền hình|truyền thanh - truyền hình|"
    "tuyên giáo|tuyên giáo và dân vận|dân vận|nội chính|kiểm tra|xây dựng đảng|tổ chức - hành chính|"
    "thi hành án dân sự|quản lý khu kinh tế|quản lý các khu công nghiệp|quản lý dự án|bảo vệ an ninh trật tự|"
    "bảo vệ an ninh, trật tự|an ninh trật tự|liên hiệp phụ nữ|cựu chiến binh|nông dân|người cao tuổi|chữ thập đỏ|"
    "khuyến học|luật gia|đoàn kết tập hợp thanh niên|thanh thiếu nhi trường học|"
    "cựu thanh niên xung phong|cựu công an nhân dân|cảnh sát phòng cháy|phòng cháy chữa cháy|"
    "phòng cháy, chữa cháy|phòng cháy, chữa cháy và cứu nạn, cứu hộ|phòng cháy chữa cháy và cứu nạn cứu hộ|"
    "cảnh sát điều tra tội phạm về ma túy|cảnh sát điều tra tội phạm về trật tự xã hội|cảnh sát điều tra tội phạm|"
    "cảnh sát quản lý hành chính về trật tự xã hội|cảnh sát quản lý hành chính về ttxh|cảnh sát quản lý hành chính|"
    "cảnh sát giao thông|cảnh sát hình sự|cảnh sát kinh tế|cảnh sát cơ động|"
    "cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ|"
    "cảnh sát thi hành án hình sự và hỗ trợ tư pháp|quản lý xuất nhập cảnh|kỹ thuật hình sự|an ninh điều tra|"
    "an ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao|xây dựng phong trào bảo vệ an ninh tổ quốc|"
    "phòng, chống ma túy và tội phạm|phòng chống ma túy và tội phạm|"
    "hđnd và ubnd|hđnd & ubnd|hđnd&ubnd|hđnd - ubnd|hội đồng nhân dân và ủy ban nhân dân|hậu cần|"
    "tài nguyên, môi trường|kiểm soát bệnh tật|chính trị - xã hội|chính trị xã hội|hành chính|văn thư|"
    "công tác xã hội|việc làm|dịch vụ việc làm|trợ giúp pháp lý|địa chính - xây dựng|địa chính|"
    "văn phòng - thống kê|kế toán - ngân sách|tài chính - ngân sách|kinh tế, hạ tầng|văn hóa|tổng hợp|nghiệp vụ|"
    "đăng ký đất đai|chuyển đổi số|xúc tiến đầu tư|điều tra|kinh tế ngành|kinh tế tổng hợp|khoa giáo - văn xã|"
    "tổ chức cán bộ|quản lý xuất nhập cảnh|cảnh sát giao thông|cảnh sát hình sự|đầu tư|văn xã|nhân dân tối cao|"
    "phòng, chống tội phạm ma túy|phòng, chống ma túy và tội phạm"
)

# ---- targets -------------------------------------------------------------------------------------------------------
# counted nouns of results and outputs; outside a target zone a bare number needs one of them (T3)
OUTPUT_NOUNS = words(
    "vụ|vụ việc|vụ án|người|lượt|lượt người|lần|buổi|bài|tin|tin bài|tin, bài|bài viết|mô hình|lớp|cuộc|hội nghị|"
    "đợt|cơ sở|hộ|hộ gia đình|điểm|tụ điểm|địa bàn|ha|m2|xã|phường|thôn|ấp|khóm|bản|tổ|đối tượng|trường hợp|"
    "chuyên mục|phóng sự|tờ rơi|pano|băng rôn|đường dây|ổ nhóm|mỏ|câu lạc bộ|đội|công trình|phiên tòa|phiên|"
    "chuyên đề|đám|video|video clip|clip|sản phẩm|tuyến|camera|học sinh|học viên|đoàn viên|hội viên|hồ sơ|"
    "dịch vụ công|thủ tục|thủ tục hành chính|bộ|cụm|chốt|hòm thư|trường|chi hội|chi đoàn|tổ chức|đơn vị|huyện|tỉnh|"
    "khu dân cư|tổ dân phố|khu phố|doanh nghiệp|lò|xe|phương tiện|căn hộ|cửa hàng|bình chữa cháy|giờ phát thanh|"
    "cuộc thi|hội thi|diễn đàn|chiến dịch|đề tài|sáng kiến|cán bộ|công chức|kw|mw|km|tỷ lệ|suất|suất quà|phần quà|"
    "lao động|việc làm|chỉ tiêu|tiêu chí|phiên chợ|điểm sáng|điểm nóng|ca|mẫu|lượt hộ|cây|cây xanh|bảng tin|trạm|"
    "nhà|gương|thanh niên|lái xe|hộ dân|bệnh nhân|người bệnh|phụ huynh|hộ kinh doanh|"
    "phường, xã|xã, phường|cuộc kiểm tra|đoàn kiểm tra|buổi tuyên truyền"
)
TIME_NOUNS = (
    r"ngày|tháng|năm|giờ|phút|quý|tuần|tuổi|học kỳ|giai đoạn|đồng|triệu|tỷ|nghìn|%|km/h|thế kỷ|lực lượng|"
    r"nước|bên|cấp|ngành|tiểu dự án|dự án|đề án|nội dung|nhiệm vụ|nhóm|giải pháp|mặt|khâu|bước|mục|khoản|"
    r"điều|điểm [a-zđ]|kênh|hình thức|tiêu chí|chương|phần|bậc|lĩnh vực|chuyên đề"
)
PER_UNIT = (
    r"(?:mỗi|từng) (?!năm|tháng|quý|tuần|ngày|học kỳ|đồng chí)[^\W\d_]+(?: [^\W\d_]+){0,2}?(?=[ ,:])|"
    r"01 (?:xã|phường|đơn vị|huyện|thôn|trường) có"
)
PERIODS = {
    "ngày": "day",
    "tuần": "week",
    "tháng": "month",
    "quý": "quarter",
    "6 tháng": "half_year",
    "06 tháng": "half_year",
    "nửa năm": "half_year",
    "năm": "year",
    "học kỳ": "semester",
    "học kì": "semester",
    "kỳ học": "semester",
    "năm học": "school_year",
    "đợt": "campaign",
    "đợt cao điểm": "campaign",
}

# ---- documents -----------------------------------------------------------------------------------------------------
DOC_TYPES = words(
    "nghị quyết liên tịch|nghị quyết|quyết định|chỉ thị|quy chế phối hợp|quy chế|quy định|thông cáo|"
    "thông báo kết luận|thông báo|hướng dẫn liên ngành|hướng dẫn|chương trình hành động|chương trình phối hợp|"
    "chương trình công tác|chương trình|kế hoạch hành động|kế hoạch phối hợp|kế hoạch liên tịch|kế hoạch|phương án|"
    "đề án|dự án|báo cáo|biên bản|tờ trình|hợp đồng|công văn|công điện|thông tư liên tịch|thông tư|nghị định|"
    "pháp lệnh|bộ luật|luật|kết luận|văn bản|lệnh|điều lệ|chuyên đề"
)
DOC_TYPE = _any(DOC_TYPES)
