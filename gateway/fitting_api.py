"""The API's part of "find what fits us"."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from gateway.api import Parameters, _json, refusals
from gateway.links import program_url
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import anonymous
from services.content.contracts import (
    Answers,
    CandidateStatus,
    CompanySize,
    FindFitting,
    Fitting,
    French,
    Industry,
    Job,
    Kind,
    LineText,
    Organization,
    Reason,
    Region,
    SlugText,
    Verdict,
)


class FittingParameters(Parameters):
    """What a company says of itself. Nothing is compulsory: what is left out is not known yet."""

    size: CompanySize | None = Field(None, description="People who work for the company", examples=["5-24"])
    activity: Industry | None = Field(None, description="What the company does", examples=["ict"])
    organization: Organization | None = Field(None, description="What sort of employer it is")
    region: Region | None = Field(None, description="Québec's administrative region", examples=["06"])
    status: tuple[CandidateStatus, ...] = Field(
        (), max_length=7, description="The candidate's status in Canada; of several, any may fit"
    )
    french: French | None = Field(None, description="Whether French is still to be learnt for the job")
    job: tuple[Job, ...] = Field((), max_length=7, description="What the job is; of several, any may fit")
    lang: Language = Field("fr", description="The language in which titles are sorted and addresses given")


class FittingItem(BaseModel):
    """A program, and how it stands to the answers."""

    id: str
    slug: SlugText
    url: str
    title: LineText
    promise: LineText
    provider: LineText
    kind: Kind
    verdict: Verdict
    confirmed: int = Field(description="How many criteria matched")
    reasons: tuple[Reason, ...] = Field(description="One for each criterion that restricts something")


class FittingAnswer(BaseModel):
    """What fits, then what is to check, then what does not fit; in each, most criteria confirmed first."""

    counts: dict[Verdict, int]
    left_out: int = Field(description="Published programs beyond those that one answer looks at")
    items: tuple[FittingItem, ...]


def fitting_api_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The route of a sector's API that judges its programs."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/fitting", response_model=FittingAnswer, responses=refusals(), tags=["programs"])
    async def fitting(parameters: Annotated[FittingParameters, Query()]) -> Response:
        """Judge every current program by what a company says of itself, with the reasons."""
        caller = anonymous(sector.name, parameters.lang)
        found = await bus.call(FindFitting(answers=_answers(parameters)), caller)
        items = tuple(_item(one, parameters.lang, base_url) for one in found.items)
        counts = {verdict: sum(one.verdict is verdict for one in items) for verdict in Verdict}
        return _json(FittingAnswer(counts=counts, left_out=found.left_out, items=items))

    return router


def _answers(parameters: FittingParameters) -> Answers:
    return Answers(
        company_sizes=(parameters.size,) if parameters.size else (),
        activity_groups=(parameters.activity,) if parameters.activity else (),
        organizations=(parameters.organization,) if parameters.organization else (),
        regions=(parameters.region,) if parameters.region else (),
        candidate_statuses=parameters.status,
        french=(parameters.french,) if parameters.french else (),
        jobs=parameters.job,
    )


def _item(one: Fitting, language: Language, base_url: str) -> FittingItem:
    url = program_url(base_url, language, getattr(one.slug, language))
    return FittingItem(url=url, **{name: getattr(one, name) for name in Fitting.model_fields})
