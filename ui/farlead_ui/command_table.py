"""The command table: every command with its words and keys. Data and little else.

See :mod:`farlead_ui.commands` for what the columns mean.
"""

from collections.abc import Callable

from farlead.messages import message
from farlead_signal.filters import ORIGINAL
from farlead_ui.after_table import AFTER
from farlead_ui.arrival_table import ARRIVALS
from farlead_ui.caliper_table import CALIPERS
from farlead_ui.case_table import CASES
from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Group, Guard, Seat, Where
from farlead_ui.ecg.layouts import LAYOUTS
from farlead_ui.layout_table import layout_commands
from farlead_ui.moving_table import MOVING
from farlead_ui.reading import NoticeKind
from farlead_ui.rooms import Room
from farlead_ui.sheet_commands import COMPARISON, EXPORT, OVERLAYS
from farlead_ui.signing import Panel
from farlead_ui.writing_table import WRITING, reject

# -- when


def _held(seat: Seat) -> bool:
    return seat.reading.writable


def _settled(seat: Seat) -> bool:
    """Held, and nothing else is being asked."""
    return seat.reading.writable and seat.signing.panel is Panel.NONE


def _doubtful(seat: Seat) -> bool:
    return _settled(seat) and seat.signing.identity.doubtful


def _ecg(seat: Seat) -> bool:
    return seat.sheet.recording is not None


def _images(seat: Seat) -> bool:
    return seat.images.count > 0


def _undecided(seat: Seat) -> bool:
    drafting = seat.reading.drafting
    suggestion = drafting.suggestion
    return (
        seat.reading.writable and suggestion is not None and drafting.decision(suggestion) is None
    )


def _suggested(seat: Seat) -> bool:
    return seat.reading.writable and bool(seat.reading.drafting.suggestions)


def _acceptable(seat: Seat) -> bool:
    return _suggested(seat) or seat.reading.drafting.can_say_normal


def _measured(seat: Seat) -> bool:
    job = seat.reading.in_hand
    return job is not None and job.row.screening is not None


def _to_open(seat: Seat) -> bool:
    chosen = seat.waiting.selected
    here = seat.reading.in_hand
    return chosen is not None and (here is None or here.study != chosen or seat.reading.lost)


def _held_by_other(seat: Seat) -> bool:
    row = seat.waiting.row(seat.waiting.selected)
    return row is not None and row.claim is not None and not seat.waiting.mine(row)


# -- what


def _take(seat: Seat) -> None:
    if seat.waiting.selected is not None:
        seat.reading.take(seat.waiting.selected)


def _retake(seat: Seat) -> None:
    """Once it has been seen that a retake is needed, or that nothing can be seen at all."""
    job = seat.reading.in_hand
    if seat.reading.seen or (job is not None and job.nothing_to_show):
        seat.signing.ask(Panel.RETAKE)
    else:
        seat.reading.tell(NoticeKind.INFO, message("reading.nothing_painted"))


def _accept_all(seat: Seat) -> None:
    drafting = seat.reading.drafting
    if drafting.may_accept_all:
        drafting.accept_all()
    else:
        seat.reading.tell(NoticeKind.INFO, message("reading.cannot_accept_all"))


def _select(by: int) -> Callable[[Seat], None]:
    def run(seat: Seat) -> None:
        studies = [row.study.id for row in seat.waiting.rows()]
        if studies:
            chosen = seat.waiting.selected
            here = studies.index(chosen) if chosen in studies else -by
            seat.waiting.select(studies[min(max(here + by, 0), len(studies) - 1)])

    return run


def _preset(number: int) -> Callable[[Seat], None]:
    return lambda seat: seat.images.set_preset(number - 1)


def _has_preset(number: int) -> Callable[[Seat], bool]:
    return lambda seat: number <= len(seat.images.presets)


# fmt: off

_S, _L, _E = Where.SHEET, Where.LIST, Where.EVERYWHERE

_STUDY = (
    Command("list.take", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Take and open"), "lqbdk",
            ("Return", "Enter"), _L, _take, _to_open),
    Command("suggestion.accept", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Accept the suggestion"), "cnjy", ("Return", "Enter"),
            _S, lambda s: s.reading.drafting.accept(), _undecided, guard=Guard.SEEN),
    Command("study.open", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Open the selected study"),
            "dkxzd", ("Return", "Enter"), _S, _take, _to_open),
    Command("study.next", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Next study"), "xyf", ("N",),
            _S, lambda s: s.reading.next(), lambda s: not s.reading.busy,
            family=QT_TRANSLATE_NOOP("commands", "Study: next, previous")),
    Command("study.previous", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Previous study"), "syf",
            ("Shift+N",), _S, lambda s: s.reading.previous(), lambda s: not s.reading.busy,
            family=QT_TRANSLATE_NOOP("commands", "Study: next, previous")),
    Command("study.give_back", Group.STUDY,
            QT_TRANSLATE_NOOP("commands", "Give back without reading"), "thdy", ("Backspace",),
            _S, lambda s: s.reading.give_back(), _settled, guard=Guard.SHOWN),
    Command("study.skip", Group.STUDY,
            QT_TRANSLATE_NOOP("commands", "Pass on to another reader"), "zgqtys",
            ("Shift+Backspace",), _S, lambda s: s.signing.ask(Panel.SKIP), _settled,
            guard=Guard.SHOWN),
    Command("study.take_over", Group.STUDY,
            QT_TRANSLATE_NOOP("commands", "Take over from its reader"), "jg", ("T",), _S,
            lambda s: s.signing.ask(Panel.TAKE_OVER), _held_by_other),
    Command("study.retake", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Ask for a retake"), "qcc",
            ("R",), _S, _retake, _settled, guard=Guard.SHOWN),
    Command("study.undo_retake", Group.STUDY,
            QT_TRANSLATE_NOOP("commands", "Call the retake back"), "chcc", ("Ctrl+Z",), _S,
            lambda s: s.signing.call_back(), lambda s: s.signing.can_call_back),
    Command("list.focus", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Keyboard to the list"),
            "lb", ("L",), _S, lambda s: s.window.focus_list()),
    Command("list.up", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Select the row above"), "sxyh",
            ("Alt+Up",), _E, _select(-1), repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Row above, below")),
    Command("list.down", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Select the row below"),
            "xxyh", ("Alt+Down",), _E, _select(1), repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Row above, below")),
    Command("list.fold", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Fold the list"), "szlb",
            ("[",), _S, lambda s: s.window.fold_list(), lambda s: not s.window.out(Room.LIST),
            family=QT_TRANSLATE_NOOP("commands", "Fold list, report")),
    Command("report.fold", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Fold the report"), "szbg",
            ("]",), _S, lambda s: s.window.fold_report(), lambda s: not s.window.out(Room.REPORT),
            family=QT_TRANSLATE_NOOP("commands", "Fold list, report")),
)

_PRESETS = tuple(
    Command(f"image.preset.{number}", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Window preset {name}"), "cw", (str(number),), _S,
            _preset(number), _has_preset(number),
            values={"name": str(number)}, family=QT_TRANSLATE_NOOP("commands", "Window preset"))
    for number in range(1, 10)
)

_SHEET = (
    *layout_commands(LAYOUTS),
    Command("sheet.gain_up", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Gain up"), "zyjd",
            ("+", "="), _S, lambda s: s.sheet.gain_up(), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Gain")),
    Command("sheet.gain_down", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Gain down"), "zyjx",
            ("-",), _S, lambda s: s.sheet.gain_down(), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Gain")),
    Command("sheet.gain_standard", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Standard gain, 10 mm/mV"), "bzzy", ("G",), _S,
            lambda s: s.sheet.standard_gain(), _ecg),
    Command("sheet.gain_automatic", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Automatic gain"),
            "zdzy", ("Shift+G",), _S, lambda s: s.sheet.automatic_gain(), _ecg),
    Command("sheet.chest_up", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Chest leads: gain up"),
            "xdzyjd", ("Alt+=",), _S, lambda s: s.sheet.chest_up(), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Chest leads: gain")),
    Command("sheet.chest_down", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Chest leads: gain down"), "xdzyjx", ("Alt+-",), _S,
            lambda s: s.sheet.chest_down(), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Chest leads: gain")),
    Command("sheet.slower", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Slower paper"), "zzjm",
            (",",), _S, lambda s: s.sheet.previous_speed(), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Paper speed")),
    Command("sheet.faster", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Faster paper"), "zzjk",
            (".",), _S, lambda s: s.sheet.next_speed(), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Paper speed")),
    Command("sheet.speed_standard", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Standard paper speed, 25 mm/s"), "bzzs", ("Shift+S",),
            _S, lambda s: s.sheet.standard_speed(), _ecg),
    Command("sheet.calibrate", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "True scale of this screen"), "pmjz", ("Shift+K",), _S,
            lambda s: s.window.show_calibration()),
    Command("sheet.filter", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Filter on or off; held: the original"), "lbkg", ("F",),
            _S, lambda s: s.sheet.filters.press(), _ecg),
    Command("sheet.filter_stronger", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Stronger filter"), "lbjq", ("Shift+F",), _S,
            lambda s: s.sheet.filters.step(1), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Filter stronger, weaker")),
    Command("sheet.filter_weaker", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Weaker filter"), "lbjr", ("Alt+F",), _S,
            lambda s: s.sheet.filters.step(-1), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Filter stronger, weaker")),
    Command("sheet.filter_mains", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Mains filter on or off"), "gplbkg", ("Ctrl+F",), _S,
            lambda s: s.sheet.filters.toggle_mains(), _ecg),
    Command("sheet.filter_original", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Original, no filter"), "ysbx", (), _S,
            lambda s: s.sheet.filters.choose(ORIGINAL), _ecg),
    Command("sheet.evidence", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Show the evidence"),
            "xsyj", ("E",), _S, lambda s: s.sheet.toggle_evidence(), _ecg),
    Command("sheet.page_on", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Page on"), "xyy",
            ("PgDown",), _S, lambda s: s.sheet.next_page(), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Page on, back")),
    Command("sheet.page_back", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Page back"), "syy",
            ("PgUp",), _S, lambda s: s.sheet.previous_page(), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Page on, back")),
    Command("sheet.next_file", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Next file of the study"), "xygwj", ("Alt+Right",), _S,
            lambda s: s.window.step_file(1), lambda s: s.window.files > 1,
            family=QT_TRANSLATE_NOOP("commands", "File of the study")),
    Command("sheet.previous_file", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Previous file of the study"), "sygwj", ("Alt+Left",), _S,
            lambda s: s.window.step_file(-1), lambda s: s.window.files > 1,
            family=QT_TRANSLATE_NOOP("commands", "File of the study")),
    *_PRESETS,
    Command("image.next", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Next slice or frame"),
            "xyz", ("Right", "Down"), _S, lambda s: s.images.next_frame(), _images, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Slice or frame")),
    Command("image.previous", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Previous slice or frame"), "syz", ("Left", "Up"), _S,
            lambda s: s.images.previous_frame(), _images, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Slice or frame")),
    Command("image.next_series", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Next series"),
            "xyxl", ("PgDown",), _S, lambda s: s.images.next_series(), _images,
            family=QT_TRANSLATE_NOOP("commands", "Series")),
    Command("image.previous_series", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Previous series"), "syxl", ("PgUp",), _S,
            lambda s: s.images.previous_series(), _images,
            family=QT_TRANSLATE_NOOP("commands", "Series")),
    Command("image.play", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Play or stop"), "bf",
            ("Space",), _S, lambda s: s.images.toggle_play(), lambda s: s.images.cine is not None),
    Command("image.zoom_in", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Zoom in"), "fd",
            ("+", "="), _S, lambda s: s.images.zoom_in(), _images, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Zoom of the image")),
    Command("image.zoom_out", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Zoom out"), "sx",
            ("-",), _S, lambda s: s.images.zoom_out(), _images, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Zoom of the image")),
    Command("image.fit", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Fit the image"), "shck",
            ("0",), _S, lambda s: s.images.fit(), _images),
    Command("image.invert", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Invert the grey scale"),
            "fxhj", ("I",), _S, lambda s: s.images.toggle_inverted(), _images),
)

_REPORT = (
    Command("suggestion.reject", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Reject the suggestion"), "bcn", ("X",), _S,
            reject, _suggested, guard=Guard.SEEN),
    Command("suggestion.accept_all", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Accept all suggestions"), "qbcn", ("Y",), _S,
            _accept_all, _acceptable, guard=Guard.SEEN),
    Command("suggestion.down", Group.REPORT, QT_TRANSLATE_NOOP("commands", "Next suggestion"),
            "xytjy", ("Down",), _S, lambda s: s.reading.drafting.step(1), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Suggestion below, above")),
    Command("suggestion.up", Group.REPORT, QT_TRANSLATE_NOOP("commands", "Previous suggestion"),
            "sytjy", ("Up",), _S, lambda s: s.reading.drafting.step(-1), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Suggestion below, above")),
    Command("report.measurements", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "All measurements"), "qbclz", ("A",), _S,
            lambda s: s.window.show_measurements(), _measured),
    Command("report.statement", Group.REPORT, QT_TRANSLATE_NOOP("commands", "Type a statement"),
            "jrzd", ("/",), _S, lambda s: s.window.focus_statement(), _settled),
    Command("study.confirm_identity", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Confirm the person"), "qrhzsf", ("Shift+I",), _S,
            lambda s: s.signing.ask(Panel.IDENTITY), _doubtful, guard=Guard.SEEN),
    Command("study.put_aside", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Keep as draft, next study"), "cgxyf", ("Ctrl+S",), _E,
            lambda s: s.reading.put_aside(), _settled, guard=Guard.SHOWN),
    Command("study.sign", Group.REPORT, QT_TRANSLATE_NOOP("commands", "Sign, next study"),
            "qmxyf", ("Ctrl+Return", "Ctrl+Enter"), _E,
            lambda s: s.signing.sign(), _settled, guard=Guard.SEEN),
    Command("seat.back", Group.REPORT, QT_TRANSLATE_NOOP("commands", "Back to the sheet"), "hdt",
            ("Esc",), _E, lambda s: s.window.escape()),
)

_WINDOWS = (
    Command("window.list", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "List: window of its own, or back"), "lbck", ("F4",), _E,
            lambda s: s.window.toggle_room(Room.LIST)),
    Command("window.comparison", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "Comparison: window of its own, or back"), "dbck",
            ("F5",), _E, lambda s: s.window.toggle_room(Room.COMPARISON)),
    Command("window.report", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "Report: window of its own, or back"), "bgck", ("F6",),
            _E, lambda s: s.window.toggle_room(Room.REPORT)),
    Command("window.next_screen", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "This window to the next screen"), "xygxsq", ("F7",),
            _E, lambda s: s.window.to_next_screen(), lambda s: s.window.several_screens),
)

_SEAT = (
    Command("seat.palette", Group.SEAT, QT_TRANSLATE_NOOP("commands", "All commands"), "ml",
            ("Ctrl+K",), _E, lambda s: s.window.show_palette()),
    Command("seat.keys", Group.SEAT, QT_TRANSLATE_NOOP("commands", "Key sheet"), "jb", ("?",), _S,
            lambda s: s.window.show_keys()),
    Command("seat.own_keys", Group.SEAT, QT_TRANSLATE_NOOP("commands", "Change keys"), "gj",
            ("Ctrl+Shift+K",), _E, lambda s: s.window.show_key_changer()),
    Command("seat.lock", Group.SEAT, QT_TRANSLATE_NOOP("commands", "Lock now"), "ljsd",
            ("Ctrl+L",), _E, lambda s: s.signing.lock()),
    Command("seat.change_reader", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "Log out, another reader"), "zxhr", ("Ctrl+Shift+L",),
            _E, lambda s: s.window.change_reader()),
    Command("seat.look", Group.SEAT, QT_TRANSLATE_NOOP("commands", "Day or night"), "rjyj",
            ("F9",), _E, lambda s: s.window.toggle_look()),
    Command("seat.paper", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "Paper: pink, green, white"), "tzys", ("Shift+F9",), _E,
            lambda s: s.window.next_paper(), lambda s: s.window.by_day),
    Command("seat.language", Group.SEAT, QT_TRANSLATE_NOOP("commands", "中文 / English"), "yy",
            ("F8",), _E, lambda s: s.window.toggle_language()),
    Command("seat.full_screen", Group.SEAT, QT_TRANSLATE_NOOP("commands", "Full screen"), "qp",
            ("F11",), _E, lambda s: s.window.toggle_full_screen()),
    Command("seat.connections", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "Connections: units, archives, peers"), "lj", ("F12",),
            _E, lambda s: s.window.show_connections(), lambda s: s.window.connections_known),
    Command("seat.about", Group.SEAT, QT_TRANSLATE_NOOP("commands", "About Farlead"), "gy", (),
            _E, lambda s: s.window.show_about()),
)

# The table. The order decides between commands that share a key.
TABLE: tuple[Command, ...] = (
    *COMPARISON, *CALIPERS, *MOVING, *_STUDY, *_SHEET, *OVERLAYS, *EXPORT, *_REPORT, *WRITING,
    *CASES, *ARRIVALS, *AFTER, *_WINDOWS,
    *_SEAT,
)  # fmt: skip
