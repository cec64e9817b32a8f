"""Text messages in words: one sentence and a link, of signs that fit 160 to a message."""

import unicodedata

from services.notifications.domain.messages import Letter, Message, Recipient, Sender
from services.notifications.writing import templates

# 3GPP TS 23.038, 6.2.1: with any other sign in it, a message holds 70 of them instead of 160.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "..."}
)


def write_text(message: Message, recipient: Recipient, sender: Sender) -> Letter:
    """`message` in the language of its recipient, in the name of `sender`."""
    template = templates("text", recipient.language).get_template(f"{message.kind}.jinja")
    said = template.render(notice=message.notice, sender=sender, language=recipient.language)
    return Letter(
        id=message.id,
        sector=message.sector,
        language=recipient.language,
        sender=sender.site,
        reply_to=None,
        to=recipient.to,
        subject="",
        text=as_gsm(" ".join(said.split())),
        html="",
        written_at=message.due or message.created_at,
    )


def as_gsm(text: str) -> str:
    """`text` in the signs of GSM 03.38: others by what they look like, letters without the accents that are not in it;
    what there is nothing for stays."""
    plain = unicodedata.normalize("NFC", text).translate(_ALIKE)
    return "".join(sign if sign in _GSM else _nearest(sign) for sign in plain)


def _nearest(sign: str) -> str:
    if sign.isspace():
        return " "
    bare = "".join(one for one in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(one))
    return bare if bare and set(bare) <= _GSM else sign
