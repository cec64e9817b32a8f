"""What is done with invitations that nobody has followed yet, by administrators and by members of a company."""

from gateway.people.desk import Signed
from nexus.errors import NotFound
from services.people.contracts.invitations import InviteAgain, WithdrawInvitation


async def settle_invitation(signed: Signed, base_url: str) -> str:
    """Send the one that a form names again, or withdraw it; the word for what was done."""
    invitation = signed.form.get("id", "")[:100]
    try:
        if signed.form.get("do") == "withdraw":
            await signed.call(WithdrawInvitation(id=invitation))
            return "withdrawn"
        await signed.call(InviteAgain(id=invitation, base_url=base_url))
    except NotFound:
        return "followed"  # somebody was quicker: the list shows it
    return "invited"
