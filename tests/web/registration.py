"""A registration form as the counter fills it in, and where it is sent."""

PAGE = "/register/disclosure_request"
FORM = {
    "channel": "in_person",
    "arrived_on": "2026-05-08",
    "kind": "natural_person",
    "name": "韩立国",
    "id_kind": "id_card",
    "id_number": "11010519491231002X",
    "phone": "0870-5550188",
    "subject": "青石街改造工程批复",
    "content": "申请公开青石街棚户区改造工程的批复文件及资金安排。",
}
