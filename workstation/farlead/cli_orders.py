"""``farleadctl orders`` and ``patients``: what found no study, and who was joined with whom.

Acts are recorded with the name of the machine's user who ran the command.
"""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from farlead.cli_terminal import AsJson, Home, Spoken, answering, help_text, plain
from farlead.messages import Language, Message, message
from farlead.model.lives import OrderState
from farlead.model.order import Candidate, KeptOrder, OpenOrder, PatientLink
from farlead.model.people import Patient
from farlead.store import Store

orders = typer.Typer(help=help_text("orders.help"), no_args_is_help=True, rich_markup_mode=None)
patients = typer.Typer(
    help=help_text("orders.help.patients"), no_args_is_help=True, rich_markup_mode=None
)

_Number = Annotated[int, typer.Argument(show_default=False)]
_Study = Annotated[str, typer.Argument(show_default=False)]
_Reason = Annotated[str, typer.Option("--reason", help=help_text("orders.help.reason"))]


@orders.command("list", help=help_text("orders.help.list"))
def list_(
    every: Annotated[bool, typer.Option("--all", help=help_text("orders.help.all"))] = False,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Print what waits for a person, with both sides; 1 when something does."""
    with _store(home, language, as_json=as_json) as (store, spoken):
        found = store.open_orders()
        known = store.orders() if every else []
    if as_json:
        rows = [_open(each, spoken) for each in found]
        document = {"open": rows, "orders": [_row(each) for each in known]} if every else rows
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=plain))
    else:
        for each in found:
            typer.echo(f"{_line(each.order, spoken)}\n    {each.why.text(spoken)}")
            for candidate in each.candidates:
                typer.echo(f"    {_side(candidate).text(spoken)}")
        for kept in known:
            typer.echo(_line(kept, spoken))
        if not found and not every:
            typer.echo(message("orders.none").text(spoken))
    raise typer.Exit(1 if found else 0)


@orders.command(help=help_text("orders.help.join"))
def join(
    order: _Number,
    study: _Study,
    reason: _Reason,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """An order asks for the study of this number."""
    with _store(home, language, as_json=as_json) as (store, spoken):
        store.join_order(order, store.numbered(study).id, _operator(), reason)
        kept = store.order(order)
        _say(kept, kept.told_joined(study), spoken, as_json=as_json)


@orders.command(help=help_text("orders.help.part"))
def part(
    order: _Number,
    reason: _Reason,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """An order does not ask for its study: it waits again."""
    with _store(home, language, as_json=as_json) as (store, spoken):
        store.part_order(order, _operator(), reason)
        _say(store.order(order), message("orders.parted"), spoken, as_json=as_json)


@orders.command(help=help_text("orders.help.close"))
def close(
    order: _Number,
    reason: _Reason,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """An order has no study and will have none."""
    with _store(home, language, as_json=as_json) as (store, spoken):
        store.close_order(order, _operator(), reason)
        _say(store.order(order), message("orders.closed"), spoken, as_json=as_json)


@orders.command(help=help_text("orders.help.reopen"))
def reopen(
    order: _Number,
    reason: _Reason,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """A closed order waits for its study again."""
    with _store(home, language, as_json=as_json) as (store, spoken):
        store.reopen_order(order, _operator(), reason)
        _say(store.order(order), message("orders.reopened"), spoken, as_json=as_json)


@patients.command("list", help=help_text("orders.help.links"))
def links(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Print patients that units' systems have joined."""
    with _store(home, language, as_json=as_json) as (store, spoken):
        found = store.patient_links()
    if as_json:
        rows = [_link(each) for each in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=plain))
        return
    for each in found:
        told = message(
            "orders.link",
            link=each.id,
            kept=_who(each.kept),
            other=_who(each.other),
            source=each.source,
            made=each.made.astimezone().strftime("%Y-%m-%d %H:%M"),
        )
        typer.echo(told.text(spoken))
    if not found:
        typer.echo(message("orders.no_links").text(spoken))


@patients.command("part", help=help_text("orders.help.part_patients"))
def part_patients(
    link: _Number,
    reason: _Reason,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Two patients that were joined are two people."""
    with _store(home, language, as_json=as_json) as (store, spoken):
        store.part_patients(link, _operator(), reason)
    if as_json:
        typer.echo(json.dumps({"link": link, "parted": True}))
    else:
        typer.echo(message("orders.patients_parted").text(spoken))


@contextmanager
def _store(
    home: Path | None, spoken: Language | None, *, as_json: bool
) -> Iterator[tuple[Store, Language]]:
    with (
        answering(home, spoken, as_json=as_json) as (settings, language),
        Store.of(settings) as store,
    ):
        yield store, language


def _operator() -> str:
    return f"operator:{getpass.getuser()}"


def _say(kept: KeptOrder, told: Message, spoken: Language, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_row(kept), ensure_ascii=False, default=plain))
    else:
        typer.echo(told.text(spoken))


def _line(kept: KeptOrder, spoken: Language) -> str:
    study = f" → {kept.study_number}" if kept.study_number else ""
    told = message(
        "orders.row",
        order=kept.id,
        number=kept.order.number,
        unit=kept.order.unit,
        who=_who(kept.order.patient),
        source=kept.source,
        state=f"@orders.state.{kept.state}",
        received=kept.received.astimezone().strftime("%m-%d %H:%M"),
    )
    return told.text(spoken) + study


def _side(candidate: Candidate) -> Message:
    study = candidate.study
    return message(
        "orders.side",
        number=study.number,
        who=_who(study.patient),
        accession=study.request.accession or "–",
        differs=", ".join(candidate.differs) or "–",
    )


def _who(patient: Patient) -> str:
    born = patient.birth_date.isoformat() if patient.birth_date else "–"
    return f"{patient.name or '–'} {patient.sex} {born} {patient.local_number or '–'}"


def _open(found: OpenOrder, spoken: Language) -> dict[str, object]:
    sides = [
        {
            "study": each.study.number,
            "by": str(each.by),
            "differs": list(each.differs),
            **_patient(each.study.patient),
            "accession": each.study.request.accession,
            "acquired": each.study.acquired,
        }
        for each in found.candidates
    ]
    return {**_row(found.order), "why": found.why.text(spoken), "candidates": sides}


def _row(kept: KeptOrder) -> dict[str, object]:
    order = kept.order
    return {
        "order": kept.id,
        "state": str(OrderState(kept.state)),
        "source": kept.source,
        "unit": order.unit,
        "placer": order.placer,
        "filler": order.filler,
        "accession": order.request.accession,
        "priority": order.request.priority.name.lower(),
        "requested": order.requested,
        "received": kept.received,
        **_patient(order.patient),
        "study": kept.study_number,
        "reason": kept.reason,
    }


def _patient(patient: Patient) -> dict[str, object]:
    return {
        "name": patient.name,
        "local_number": patient.local_number,
        "sex": str(patient.sex),
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
    }


def _link(found: PatientLink) -> dict[str, object]:
    return {
        "link": found.id,
        "kept": _patient(found.kept),
        "other": _patient(found.other),
        "source": found.source,
        "made": found.made,
    }
