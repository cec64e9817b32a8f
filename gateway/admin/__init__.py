"""The back office of a sector: for its editors, advisors, coordinators and administrators."""

from fastapi import APIRouter

from gateway.admin.agenda import agenda_routes
from gateway.admin.audit import audit_routes
from gateway.admin.availability import availability_routes
from gateway.admin.items import items_routes
from gateway.admin.meeting_types import meeting_types_routes
from gateway.admin.parked import parked_routes
from gateway.admin.people import people_routes
from gateway.admin.searches import searches_routes
from gateway.admin.start import start_routes
from gateway.people.desk import Desk


def admin_router(desk: Desk) -> APIRouter:
    """Every page below `/fr/admin` and `/en/admin`."""
    router = APIRouter()
    every = (
        start_routes,
        agenda_routes,
        availability_routes,
        meeting_types_routes,
        items_routes,
        searches_routes,
        people_routes,
        audit_routes,
        parked_routes,
    )
    for routes in every:
        routes(router, desk)
    return router
