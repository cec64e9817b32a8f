"""Phone numbers that can be texted."""

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number,
    number_type,
    parse,
    region_code_for_number,
)

_HERE = "CA"
_REACHED = (
    "CA",
    "US",
)  # elsewhere a text costs many times as much, and forms that anybody fills in are used for it
# In North America nothing in a number tells a mobile phone from another one.
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def number_to_text(phone: str) -> str | None:
    """`phone` as ITU-T E.164 has it; None unless it is a number of Canada or the United States that may be a mobile's,
    without an extension."""
    try:
        number = parse(phone, _HERE)
    except NumberParseException:
        return None
    reached = is_valid_number(number) and region_code_for_number(number) in _REACHED
    if not reached or number.extension or number_type(number) not in _MOBILE:
        return None
    return str(format_number(number, PhoneNumberFormat.E164))
