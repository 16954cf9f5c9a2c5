"""The site map: every address, who handles it, and what it promises."""

from typing import Final

from aiohttp import web

from monitor.auth.principal import ASK, READ
from monitor.web import (
    api,
    ask,
    assets,
    documents,
    events,
    live,
    login,
    manifest,
    pages,
    query,
    ready,
    reference,
    tickets,
)
from monitor.web.keys import BASE_PATH
from monitor.web.languages import LANG
from monitor.web.operation import EVENTS, FORM, HTML, JSON, Answer, Operation, Parameter, Route

SCHEMA_JSON: Final = "application/schema+json"

_NOT_CHANGED: Final = Answer("Nothing has changed since the ETag that was sent.", {}, 304)
_ON: Final = {"Location": "Where to go on."}
_ETAG: Final = {"ETag": "Stands for this very content; send it back as `If-None-Match`."}


def _page(summary: str) -> Operation:
    return Operation("pages", summary, (Answer("The page.", {HTML: None}),), parameters=(LANG,))


def _document(summary: str, media_type: str, about: str = "", *more: Parameter[str]) -> Operation:
    answers = (Answer("The document.", {media_type: None}, headers=_ETAG), _NOT_CHANGED)
    return Operation("contract", summary, answers, about, (*more, reference.IF_NONE_MATCH))


def _file(summary: str, about: str, name: Parameter[str]) -> Operation:
    answers = (Answer("The file.", {"*/*": None}, headers=_ETAG), _NOT_CHANGED)
    parameters = (name, reference.IF_NONE_MATCH)
    return Operation("pages", summary, answers, about, parameters, refusals=("not_found",), in_part=True)


ROUTES: Final = (
    Route("GET", "/", pages.home, "home", _page("Home page: this machine, live numbers, how to connect")),
    Route("GET", "/demo", pages.demo, "demo", _page("Everything the stream tells, live")),
    Route(
        "GET",
        "/api/ws/metrics",
        live.metrics,
        "metrics",
        Operation(
            "live",
            "The live stream over WebSocket",
            (Answer("The WebSocket is open: the welcome message comes, then frames.", {}, 101),),
            "What comes over it is described by `asyncapi.json`.",
            query.OF_STREAM,
            refusals=("bad_query", "foreign_origin", "upgrade_required", "websocket_version"),
            messages="metrics",
        ),
        head=False,
    ),
    Route(
        "GET",
        "/api/stream",
        events.stream,
        "stream",
        Operation(
            "live",
            "The live stream as server-sent events",
            (Answer("Events without an end. The id of an event is the timestamp of its frame.", {EVENTS: None}),),
            "The same messages as over the WebSocket, for networks whose proxies break those; described by "
            "`asyncapi.json`.",
            (*query.OF_STREAM, query.LAST_EVENT_ID),
            refusals=("bad_query",),
            messages="stream",
        ),
        head=False,
    ),
    Route(
        "GET",
        "/api/system-stats",
        api.system_stats,
        "system-stats",
        Operation(
            "live",
            "The newest frame",
            (Answer("The frame, as the stream has it.", {JSON: "Frame"}),),
            "Asking causes no sample.",
            refusals=("no_frame",),
        ),
    ),
    Route(
        "GET",
        "/api/history",
        api.past,
        "history",
        Operation(
            "past",
            "The last minutes as columns, for charts",
            (Answer("A column for each field, a row for each moment.", {JSON: "Columns"}),),
            "Frames that are in memory; the ends of the stretch are included.",
            query.OF_PAST,
            refusals=("bad_query",),
        ),
    ),
    Route(
        "GET",
        "/api/probes",
        api.probes,
        "probes",
        Operation(
            "state",
            "The probes and how they are doing",
            (Answer("Each probe with its fields, state, cost and error.", {JSON: documents.Probes}),),
        ),
    ),
    Route(
        "POST",
        "/api/ask",
        ask.ask,
        "ask",
        Operation(
            "ask",
            "Answer a question about this machine",
            (
                Answer(
                    "The whole answer; as events, while it grows, where `Accept` names those first.",
                    {JSON: documents.Answer, EVENTS: None},
                ),
            ),
            "Answered from the newest frame and those in memory. One question is answered at a time, and a few wait.",
            body=documents.Question,
            refusals=(
                "bad_body",
                "request_entity_too_large",
                "prompt_too_long",
                "not_json",
                "too_many_questions",
                "no_frame",
                "no_model",
                "too_slow",
            ),
            scopes=(ASK,),
            messages="answers",
        ),
    ),
    Route(
        "GET",
        "/api/ask",
        ask.model,
        "model",
        Operation(
            "ask",
            "The model and how it stands",
            (Answer("Name, state and limits.", {JSON: documents.Model}),),
            scopes=(READ, ASK),
        ),
    ),
    Route(
        "GET",
        "/healthz",
        ready.healthz,
        "healthz",
        Operation(
            "state",
            "Whether frames come",
            (Answer("The newest frame is fresh.", {JSON: documents.Health}),),
            refusals=("no_frame", "frames_stopped"),
            scopes=None,
        ),
    ),
    Route(
        "GET",
        "/readyz",
        ready.readyz,
        "readyz",
        Operation(
            "state",
            "Whether clients should be sent here",
            (Answer("Frames come, and the server stays.", {JSON: documents.Health}),),
            refusals=("no_frame", "frames_stopped", "stopping"),
            scopes=None,
        ),
    ),
    Route(
        "POST",
        "/api/tickets",
        tickets.issue,
        "tickets",
        Operation(
            "access",
            "A ticket that opens one stream",
            (Answer("The ticket, for `?ticket=`.", {JSON: documents.Ticket}, 201),),
            "For what its caller may; it keeps long-lived secrets out of addresses.",
            refusals=("no_authentication", "too_many_tickets"),
            scopes=(),
        ),
    ),
    Route(
        "GET",
        "/login",
        login.page,
        "login",
        Operation(
            "access",
            "The page on which a browser logs in",
            (Answer("The form.", {HTML: None}), Answer("Logged in already, or nothing to log in to.", {}, 303, _ON)),
            parameters=(login.NEXT, LANG),
            scopes=None,
        ),
    ),
    Route(
        "POST",
        "/login",
        login.log_in,
        "authenticate",
        Operation(
            "access",
            "Begin a session for a token that may read",
            (
                Answer("The session has begun; a cookie stands for it.", {}, 303, _ON),
                Answer("The token is not valid; the form again.", {HTML: None}, 401),
                Answer("The token may not read; the form again.", {HTML: None}, 403),
            ),
            parameters=(login.NEXT,),
            body=documents.Login,
            body_type=FORM,
            refusals=("bad_body", "no_form", "request_entity_too_large"),
            scopes=None,
        ),
    ),
    Route(
        "POST",
        "/logout",
        login.log_out,
        "logout",
        Operation("access", "End the session", (Answer("It has ended.", {}, 303, _ON),), scopes=None),
    ),
    Route("GET", "/api/openapi.json", reference.openapi, "openapi", _document("This description", JSON)),
    Route(
        "GET",
        "/api/asyncapi.json",
        reference.asyncapi,
        "asyncapi",
        _document("The streams, message by message", JSON),
    ),
    Route(
        "GET",
        "/api/schema",
        reference.schema,
        "schema",
        _document(
            "JSON Schema of the frame",
            SCHEMA_JSON,
            "Of the probes that are installed here. `x-unit`, `x-kind`, `x-shape`, `x-per`, `x-warning` and "
            "`x-critical` are as in `/api/probes`.",
        ),
    ),
    Route("GET", "/api/docs", reference.docs, "docs", _document("This description as a page", HTML, "", LANG)),
    Route(
        "GET",
        "/static/{name}",
        assets.asset,
        "static",
        _file(
            "A script, style or icon of the pages",
            "Under its own name, or under one with a hash of what it holds, as pages name it: what is there never "
            "changes. What the login page is made of and `client.js` are open to all.",
            assets.NAME,
        ),
    ),
    Route(
        "GET",
        "/static/vendor/{name}",
        assets.asset,
        "vendor",
        _file("A file of a library that the pages use", "As those of the pages themselves.", assets.VENDORED),
    ),
    Route(
        "GET",
        "/manifest.webmanifest",
        manifest.manifest,
        "manifest",
        Operation(
            "pages",
            "What browsers need to install the dashboard as an application",
            (Answer("The manifest.", {manifest.MEDIA_TYPE: None}, headers=_ETAG), _NOT_CHANGED),
            parameters=(reference.IF_NONE_MATCH,),
        ),
    ),
)


#: Under no path where the site has one: for supervisors, who see no proxy, and for people who type the name alone.
OWN: Final = (
    Route("GET", "/healthz", ready.healthz, "own-healthz", Operation("state", "Whether frames come", (), scopes=None)),
    Route("GET", "/readyz", ready.readyz, "own-readyz", Operation("state", "Whether to send clients", (), scopes=None)),
)
TO_HOME: Final = Route("GET", "", pages.to_home, "to-home", Operation("pages", "On to the home page", (), scopes=None))
#: What each route asks of who comes, by its name.
SCOPES: Final = {route.name: route.operation.scopes for route in (*ROUTES, *OWN, TO_HOME)}


def setup_routes(app: web.Application) -> None:
    """Give every address its handler, under `base_path`."""
    base = app[BASE_PATH]
    for route in ROUTES:
        route.put_into(app.router, base)
    if base:
        TO_HOME.put_into(app.router, base)
        for route in OWN:
            route.put_into(app.router)
