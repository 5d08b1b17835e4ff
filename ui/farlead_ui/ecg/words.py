"""The bar of control words above the sheet."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from farlead_ui.bridge import listen
from farlead_ui.control_word import Choice, Separator, Word
from farlead_ui.ecg import wording
from farlead_ui.ecg.filter_choices import filter_choices
from farlead_ui.ecg.filter_words import state_text
from farlead_ui.ecg.gain import GAINS, Gain
from farlead_ui.ecg.layout_words import layout_choices, layout_text
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.speeds import LADDER, SPEEDS
from farlead_ui.theme import tokens
from farlead_ui.theme.tokens import Palette


class ControlWords(QWidget):
    """Speed, gain, filter, layout and page as words; calibration and evidence at the right.

    Parameters
    ----------
    model : SheetModel
        Listened to, and written to by click, wheel and arrow keys.
    palette : Palette
    """

    def __init__(self, model: SheetModel, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._palette = palette
        self._separators: list[Separator] = []
        self.setFixedHeight(tokens.CONTROL_WORDS)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(tokens.INSET - 10, 0, tokens.INSET - 10, 0)
        self._row.setSpacing(0)
        self._make_words()
        for signal in (
            model.recording_changed,
            model.layout_changed,
            model.scale_changed,
            model.filter_changed,
            model.page_changed,
            model.evidence_changed,
        ):
            listen(self, signal, self._say_all)
        self._say_all()

    def _make_words(self) -> None:
        model = self._model
        self.speed = self._word(_stepper(model.next_speed, model.previous_speed), self._speeds)
        self._separate()
        self.gain = self._word(_stepper(model.gain_up, model.gain_down), self._gains)
        self.standard = self._word(None, None)
        self.standard.clicked.connect(model.standard_gain)
        self._bandwidth_separator = self._separate()
        self.bandwidth = self._word(None, None)
        self.notch = self._word(None, None)
        self._separate()
        self.filter = self._word(model.filters.step, partial(filter_choices, model.filters))
        self._separate()
        self.layout_word = self._word(
            _stepper(model.previous_layout, model.next_layout), self._layouts
        )
        self.rhythm = self._word(model.step_rhythm, self._rhythms)
        self._page_separator = self._separate()
        self.page = self._word(_stepper(model.previous_page, model.next_page), None)
        self.page.clicked.connect(model.next_page)
        self._row.addStretch(1)
        self.calibration = self._word(None, None)
        self.evidence = self._word(None, None)
        self.evidence.clicked.connect(model.toggle_evidence)
        for word in (self.bandwidth, self.notch):
            word.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _word(
        self,
        step: Callable[[int], None] | None,
        choices: Callable[[], list[Choice]] | None,
    ) -> Word:
        word = Word(self._palette, step=step, choices=choices, parent=self)
        self._row.addWidget(word, 0, Qt.AlignmentFlag.AlignVCenter)
        return word

    def _separate(self) -> Separator:
        separator = Separator(self._palette)
        self._separators.append(separator)
        self._row.addWidget(separator)
        return separator

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self._palette = palette
        for word in self.findChildren(Word):
            word.set_palette(palette)
        for separator in self._separators:
            separator.colours = palette
        self.update()

    # -- what they say ------------------------------------------------------------------------

    def _say_all(self) -> None:
        model = self._model
        speed, gain = wording.speed_text(model.speed), wording.gain_text(model.gains)
        if model.speed_standard:
            self.speed.say(speed)
        else:
            self.speed.say(wording.not_standard(speed), warning=True)
        if model.gain_standard:
            self.gain.say(gain)
        else:
            self.gain.say(wording.not_standard(gain), warning=True)
        self.standard.say(self.tr("Back to 10"), hint="G")
        self.standard.setVisible(not model.gain_standard)
        self._say_filters()
        self.layout_word.say(layout_text(model))
        self._say_rhythm()
        paged = model.pages > 1
        self.page.say(wording.page_text(model) if paged else "")
        self.page.setVisible(paged)
        self._page_separator.setVisible(paged)
        self.calibration.say(wording.calibration_text(model.calibration), quiet=True)
        shown = model.evidence_shown
        self.evidence.say(self.tr("Evidence"), active=shown and self._has_evidence(), hint="E")
        self.evidence.setVisible(self._has_evidence())

    def _say_filters(self) -> None:
        model = self._model
        standard = wording.bandwidth_standard(model)
        bandwidth = wording.bandwidth_text(model)
        self.bandwidth.say(
            bandwidth if standard else wording.not_standard(bandwidth), warning=not standard
        )
        self.bandwidth.setVisible(model.recording is not None)
        self._bandwidth_separator.setVisible(model.recording is not None)
        notch = wording.notch_text(model)
        self.notch.say(notch or "")
        self.notch.setVisible(notch is not None)
        filters = model.filters
        self.filter.say(
            state_text(filters),
            warning=not filters.shown.diagnostic,
            active=filters.on,
            hint="F",
        )

    def _say_rhythm(self) -> None:
        lead = self._model.rhythm
        self.rhythm.say(self.tr("Rhythm {lead}").format(lead=lead) if lead else "")
        self.rhythm.setVisible(lead is not None and self._model.beat_view is None)

    def _has_evidence(self) -> bool:
        evidence = self._model.evidence
        return bool(evidence.leads or evidence.spans)

    # -- what they offer ----------------------------------------------------------------------

    def _speeds(self) -> list[Choice]:
        model = self._model
        long = model.pages > 1 or model.speed not in SPEEDS
        return [
            Choice(wording.speed_text(s), s == model.speed, partial(model.set_speed, s))
            for s in (LADDER if long else SPEEDS)
        ]

    def _gains(self) -> list[Choice]:
        """One gain for all, half of it for the chest leads, and what fits."""
        model = self._model
        offered = [Gain(g, g) for g in GAINS] + [Gain(g, g / 2) for g in (10.0, 20.0)]
        choices = [
            Choice(wording.gain_text(g), g == model.gains, partial(model.set_gain, g.limb, g.chest))
            for g in offered
        ]
        chosen = model.gains.automatic
        return [*choices, Choice(self.tr("Automatic gain"), chosen, model.automatic_gain)]

    def _layouts(self) -> list[Choice]:
        return layout_choices(self._model)

    def _rhythms(self) -> list[Choice]:
        model = self._model
        return [
            Choice(lead, lead == model.rhythm, partial(model.set_rhythm, lead))
            for lead in model.rhythm_leads
        ]

    # -- painting and language ----------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(self._palette.line))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self._say_all()
        super().changeEvent(event)


def _stepper(forward: Callable[[], None], back: Callable[[], None]) -> Callable[[int], None]:
    def step(direction: int) -> None:
        (forward if direction > 0 else back)()

    return step
