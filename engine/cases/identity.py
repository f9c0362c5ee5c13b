"""Check digits of the numbers that prove who an applicant is."""

import re
from datetime import date

# GB 11643-1999: weights of the first seventeen digits and the character for each remainder modulo 11.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
# GB 32100-2015: the thirty-one characters and the weights of the first seventeen.
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def id_card_fault(number: str, today: date) -> str | None:
    """Why this is no citizen identity number (GB 11643), or None when it is one."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "身份证号码应为18位，末位可以是 X。"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "身份证号码中的出生日期不存在，请核对。"
    if not date(1900, 1, 1) <= born <= today:
        return "身份证号码中的出生日期不合理，请核对。"
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    if _ID_CHECK[total % 11] != number[17]:
        return "身份证号码的校验位不对，请核对是否录错。"
    return None


def credit_code_fault(code: str) -> str | None:
    """Why this is no unified social credit code (GB 32100), or None when it is one."""
    if len(code) != 18 or any(mark not in _CREDIT_CHARACTERS for mark in code):
        return "统一社会信用代码应为18位数字或大写字母（不含 I、O、S、V、Z）。"
    total = sum(weight * _CREDIT_CHARACTERS.index(mark) for weight, mark in zip(_CREDIT_WEIGHTS, code, strict=False))
    if _CREDIT_CHARACTERS[(31 - total % 31) % 31] != code[17]:
        return "统一社会信用代码的校验位不对，请核对是否录错。"
    return None


def mask_id(number: str | None) -> str:
    """The last four characters only, for lists and pages."""
    return "" if not number else "*" * max(len(number) - 4, 0) + number[-4:]


def mask_phone(number: str | None) -> str:
    """First three and last four digits."""
    if not number:
        return ""
    return number[:3] + "*" * max(len(number) - 7, 1) + number[-4:] if len(number) > 7 else "*" * len(number)


def mask_address(address: str | None) -> str:
    """Down to the street: numbers of house, building and room are left out."""
    if not address:
        return ""
    street = re.match(r"^(.*?(?:路|街|巷|大道|村|镇|乡))", address)
    return (street.group(1) if street else address[:6]) + "****"


def mask_email(address: str | None) -> str:
    """The first character and the domain."""
    if not address or "@" not in address:
        return ""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"


def mask_name(name: str) -> str:
    """The first character of a person's name."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""
