"""What webhooks, their events and what becomes of each are called. Translated where shown."""

from gateway.words import N_

WEBHOOK_EVENTS = {  # of `services.notifications.contracts.webhooks.PublicEvent`
    "program.published": N_("A program is public, or a public one has changed"),
    "program.retired": N_("A program is no longer public"),
    "document.published": N_("A document is public, or a public one has changed"),
    "document.retired": N_("A document is no longer public"),
    "post.published": N_("A post is public, or a public one has changed"),
    "post.retired": N_("A post is no longer public"),
    "activity.published": N_("An activity is public, or a public one has changed"),
    "activity.retired": N_("An activity is no longer public"),
    "meeting.booked": N_("A meeting is booked"),
    "meeting.moved": N_("A meeting is moved"),
    "meeting.cancelled": N_("A meeting is cancelled"),
    "meeting.held": N_("A meeting was held"),
    "meeting.missed": N_("A company did not come to its meeting"),
    "registration.joined": N_("Somebody has a place in an activity"),
    "registration.awaited": N_("Somebody waits for a place in an activity"),
    "registration.place_gained": N_("Who waited for a place in an activity has one now"),
    "registration.moved": N_("An activity with a registration is at another time or place"),
    "registration.called_off": N_("An activity with a registration does not take place"),
    "registration.left": N_("A registration for an activity was given up, or taken back"),
    "registration.ended": N_("An activity in which somebody had a place is over"),
}
DELIVERY_EVENTS = WEBHOOK_EVENTS | {"webhook.test": N_("Test")}
WEBHOOK_STATES = {  # of a delivery
    "queued": N_("Waits"),
    "sending": N_("Is being sent"),
    "sent": N_("Accepted"),
    "failed": N_("Given up"),
}
WHY_DISABLED = {
    "by_person": N_("Somebody disabled it."),
    "gone": N_("Its address answered that it is gone for good (410)."),
    "failing": N_("For three days, it accepted nothing."),
}
TROUBLES = {
    "refused": N_("It did not accept it."),
    "redirected": N_("It answered with another address. We follow none: give the right one."),
    "not_public": N_("Its name leads into a private network, where nothing is sent."),
    "certificate": N_("Its certificate is not right."),
    "no_host": N_("There is no server of this name."),
    "no_answer": N_("It gave no answer that can be read."),
    "too_slow": N_("It did not answer within 15 seconds."),
    "disabled": N_("It was not sent: the webhook was disabled."),
}
