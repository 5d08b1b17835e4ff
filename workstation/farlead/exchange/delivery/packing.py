"""From a row of the outbox to what is sent."""

from farlead.errors import NotFound
from farlead.exchange.delivery.objects import series_of
from farlead.exchange.delivery.parcel import Parcel, Standing, Word
from farlead.messages import message
from farlead.model.report import Delivery, Notice, NoticeKind
from farlead.model.study import Study
from farlead.objects import ObjectFolder
from farlead.store import Store


def packed(delivery: Delivery, store: Store, objects: ObjectFolder) -> Parcel | Word:
    """What this delivery brings to its destination.

    Raises
    ------
    NotFound, ObjectMissing
        Something that belongs to it is no longer there.
    """
    study = store.study(delivery.study)
    if delivery.notice is None:
        return _report(delivery, study, store, objects)
    notice = store.notice(delivery.notice)
    match notice.kind:
        case NoticeKind.PRELIMINARY | NoticeKind.WITHDRAWN:
            return _of_report(delivery, study, notice, store, objects)
        case _:
            return Word(delivery, study, notice, store.first_word(delivery))


def _report(delivery: Delivery, study: Study, store: Store, objects: ObjectFolder) -> Parcel:
    if delivery.report is None:
        raise NotFound(message("store.no_delivery", delivery=delivery.id))
    report, before = store.report(delivery.report), store.brought_before(delivery)
    corrects = any(each.report is not None for each in before)
    return Parcel(
        delivery=delivery,
        study=study,
        report=report,
        content=store.report_content(report.id),
        pdf=objects.get(report.sha256 or ""),
        series=series_of(study, objects),
        standing=Standing.CORRECTED if corrects else Standing.FINAL,
        before=before,
    )


def _of_report(
    delivery: Delivery, study: Study, notice: Notice, store: Store, objects: ObjectFolder
) -> Parcel:
    """A preliminary report, or that a report is withdrawn."""
    report = store.report(notice.report or 0)
    return Parcel(
        delivery=delivery,
        study=study,
        report=report,
        content=notice.content or store.report_content(report.id),
        pdf=objects.get(notice.file_sha256) if notice.file_sha256 else b"",
        series=series_of(study, objects),
        standing=Standing(notice.kind),
        before=store.brought_before(delivery),
        notice=notice,
    )
