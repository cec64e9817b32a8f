"""The back office of a sector: for its editors, advisors, coordinators and administrators."""

from fastapi import APIRouter

from gateway.admin.agenda import agenda_routes
from gateway.admin.audit import audit_routes
from gateway.admin.availability import availability_routes
from gateway.admin.broken_links import links_routes
from gateway.admin.cases import cases_routes
from gateway.admin.comments import comments_routes
from gateway.admin.companies import companies_routes
from gateway.admin.deliveries import deliveries_routes
from gateway.admin.goal import goal_routes
from gateway.admin.histories import history_routes
from gateway.admin.imports import imports_routes
from gateway.admin.items import items_routes
from gateway.admin.keys import keys_routes
from gateway.admin.mail_templates import mail_templates_routes
from gateway.admin.meeting_types import meeting_types_routes
from gateway.admin.opened import opened_routes
from gateway.admin.parked import parked_routes
from gateway.admin.partners import partners_routes
from gateway.admin.people import people_routes
from gateway.admin.privacy import privacy_routes
from gateway.admin.registrations import registrations_routes
from gateway.admin.searches import searches_routes
from gateway.admin.sector import sector_routes
from gateway.admin.start import start_routes
from gateway.admin.trying import trying_routes
from gateway.admin.typed import typed_routes
from gateway.admin.uploading import uploading_routes
from gateway.admin.webhooks import webhooks_routes
from gateway.admin.work import work_routes
from gateway.people.desk import Desk


def admin_router(desk: Desk) -> APIRouter:
    """Every page below `/fr/admin` and `/en/admin`."""
    router = APIRouter()
    for routes in (
        start_routes,
        goal_routes,
        agenda_routes,
        cases_routes,
        companies_routes,
        availability_routes,
        meeting_types_routes,
        registrations_routes,
        typed_routes,
        work_routes,
        trying_routes,
        uploading_routes,
        partners_routes,
        items_routes,  # after those whose paths are none of an item
        history_routes,
        comments_routes,
        links_routes,
        searches_routes,
        sector_routes,
        people_routes,
        keys_routes,
        webhooks_routes,
        imports_routes,
        opened_routes,
        deliveries_routes,
        privacy_routes,
        mail_templates_routes,
        audit_routes,
        parked_routes,
    ):
        routes(router, desk)
    return router
